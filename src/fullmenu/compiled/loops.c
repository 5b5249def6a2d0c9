// The arithmetic of the array code in one pass over the data, as WebAssembly.
//
// `make loops` builds loops.wasm from this file; fullmenu.compiled.loops calls what is exported here.
// Tables that must be empty are handed over empty, and arrays have the lengths that Python gave.

#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t i32;
typedef uint64_t u64;
typedef int64_t i64;

#define WIDTH ((1 << 21) + 1024)  // columns of rows, at most
#define EXPORT(name) __attribute__((export_name(#name)))

static const u64 BASE = 0x9E3779B97F4A7C15ull;
static const double MOST = 1.0, LEAST = -1.0;

// Scramble 64 bits, as fullmenu.text.tokens.mix (splitmix64).
static inline u64 mix(u64 h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    return h ^ (h >> 31);
}

// ---- tables: a slot holds key + 1 in its upper half, a number in its lower half; empty: 0 ----

static inline u32 mask_of(i64 keys) {
    u32 slots = 64;
    while (slots < 6 * keys) slots *= 2;
    return slots - 1;
}

// The slot of a key: its own, or an empty one. Whether it is empty is no branch: half of them are
// wrong guesses; that another key is there is rare.
static inline u32 slot_of(const u64 *slots, u32 mask, u32 key) {
    u32 at = key * 2654435769u >> 9 & mask;
    while (slots[at] && (u32)(slots[at] >> 32) != key + 1) at = (at + 1) & mask;
    return at;
}

// ---- words ----

// The words of n texts: where each begins and ends, its hash and its text. Returns how many.
// Kinds of code points: 0 between words, 1 letter, 2 a word by itself, 3 apostrophe.
EXPORT(words)
i64 words(const u32 *points, const u8 *kinds, const i64 *texts, i64 n, i64 *starts, i64 *ends,
          u64 *hashes, i64 *rows) {
    i64 count = 0;
    for (i64 t = 0; t < n; t++) {
        i64 begin = -1, stop = texts[t + 1];
        u64 hash = 0, power = 1;
        for (i64 i = texts[t]; i <= stop; i++) {
            u8 kind = i < stop ? kinds[i] : 0;
            if (kind == 3)  // it belongs to a word only between two letters
                kind = i > texts[t] && i + 1 < stop && kinds[i - 1] == 1 && kinds[i + 1] == 1;
            if (begin >= 0 && kind != 1) {
                starts[count] = begin, ends[count] = i, rows[count] = t;
                hashes[count++] = mix(hash);
                begin = -1;
            }
            if (kind == 2) {
                starts[count] = i, ends[count] = i + 1, rows[count] = t;
                hashes[count++] = mix((u64)points[i] + 1);
            } else if (kind == 1) {
                if (begin < 0) begin = i, hash = 0, power = 1;
                hash += ((u64)points[i] + 1) * power;  // Σ (point + 1)·BASEⁱ
                power *= BASE;
            }
        }
    }
    return count;
}

// ---- phrasing ----

static inline int is_space(u32 point) {
    return (point <= 32) | (point == 0xA0) | (point - 0x2000 <= 0xA);  // no branch
}

// Unit rows of damped counts, CSR: words and word pairs, and runs of four characters, half each.
// `logs` hold log(1 + count). Returns the number of entries.
EXPORT(phrasing)
i64 phrasing(const u32 *points, const i64 *texts, const u64 *hashes, const i64 *words, i64 n,
             const double *logs, u64 *slots, u32 *used, i64 *ends, i32 *indices, float *data) {
    const u32 RUN = 1u << 20, EMPTY = 1u << 21;
    i64 entries = ends[0] = 0, longest = 0;
    for (i64 t = 0; t < n; t++) {
        i64 keys = 2 * (words[t + 1] - words[t]) + texts[t + 1] - texts[t] + 4;
        longest = keys > longest ? keys : longest;
    }
    __builtin_memset(slots, 0, ((i64)mask_of(longest) + 1) * sizeof(u64));
    for (i64 t = 0; t < n; t++) {
        u32 mask = mask_of(2 * (words[t + 1] - words[t]) + texts[t + 1] - texts[t] + 4);
        u32 size = 0;
#define COUNT(column)                                                 \
    do {                                                              \
        u32 key = (column), at = slot_of(slots, mask, key);           \
        u64 slot = slots[at];                                         \
        used[size] = at;                                              \
        size += slot == 0;                                            \
        slots[at] = ((u64)(key + 1) << 32) | ((u32)slot + 1);         \
    } while (0)
        for (i64 w = words[t]; w < words[t + 1]; w++) COUNT((u32)(hashes[w] >> 44));
        for (i64 w = words[t]; w + 1 < words[t + 1]; w++)
            COUNT((u32)(mix(hashes[w] * BASE + hashes[w + 1]) >> 44));
        u32 runs = size;
        if (texts[t + 1] > texts[t]) {
            u64 a = 2, b = 2, c = 0, d;  // two marks before, and two behind
            int first = 1, blank = 0;
            for (i64 i = texts[t]; i < texts[t + 1] + 2; i++) {
                d = 3;
                if (i < texts[t + 1]) {
                    d = points[i];
                    int space = is_space(points[i]);
                    if (space & blank) continue;
                    blank = space;
                    d = space ? 32 : d;
                }
                if (!first) {
                    u64 low = a | b << 21 | c << 42;
                    COUNT(RUN | (u32)(mix(low + mix(d)) >> 44));
                    a = b, b = c;
                }
                c = d, first = 0;
            }
        }
        u32 sides[3] = {0, runs, size};
        int filled = (runs > 0) + (size > runs);
        float share = (float)__builtin_sqrt(1.0 / (filled ? filled : 1));
        for (int side = 0; side < 2; side++) {
            double squares = 0;
            for (u32 u = sides[side]; u < sides[side + 1]; u++) {
                double value = logs[(u32)slots[used[u]]];
                squares += value * value;
            }
            double norm = __builtin_sqrt(squares);
            for (u32 u = sides[side]; u < sides[side + 1]; u++) {
                u64 slot = slots[used[u]];
                indices[entries] = (i32)(slot >> 32) - 1;
                data[entries++] = (float)(logs[(u32)slot] / norm) * share;
                slots[used[u]] = 0;
            }
        }
        if (!filled) indices[entries] = (i32)EMPTY, data[entries++] = 1;
        ends[t + 1] = entries;
    }
    return entries;
}

// ---- products of rows ----

typedef struct {
    u64 *slots;
    u32 *number, *place, *row;
    float *value;
} Lists;

// Inner products of CSR rows below the diagonal, (n, n), which is handed over empty: by the columns
// of two to `common` rows. Columns of more are written to `wide`, dense, (n, their number), which is
// made empty here. Returns how many these are.
static i64 add_products(const i32 *indices, const float *data, const i64 *ends, i64 n, u32 common,
                        Lists lists, double *products, double *wide) {
    i64 first = ends[0], entries = ends[n] - first;
    u32 columns = 0, mask = mask_of(entries);
    u32 *place = lists.place;
    __builtin_memset(lists.slots, 0, ((i64)mask + 1) * sizeof(u64));
    for (i64 e = 0; e < entries; e++) {
        u32 key = (u32)indices[first + e], at = slot_of(lists.slots, mask, key);
        u64 slot = lists.slots[at];
        u32 number = slot ? (u32)slot : columns;
        lists.slots[at] = ((u64)(key + 1) << 32) | number;
        columns += slot == 0;
        place[number] = slot ? place[number] + 1 : 1;
        lists.number[e] = number;
    }
    u32 at = 1, many = 0;
    for (u32 c = 0; c < columns; c++) {
        u32 uses = place[c];
        // the top bit marks a wide column; 0: of one row, it adds to no pair
        place[c] = uses < 2 ? 0 : uses > common ? 1u << 31 | many++ : at;
        if (uses > 1 && uses <= common) {
            lists.row[at] = 0;  // in front of a list: how long it is
            at += uses + 1;
        }
    }
    __builtin_memset(wide, 0, n * many * sizeof(double));
    for (i64 i = 0; i < n; i++) {
        double *line = products + i * n;
        for (i64 e = ends[i] - first; e < ends[i + 1] - first; e++) {
            u32 list = place[lists.number[e]];
            double value = data[first + e];
            if (list >> 31) {
                wide[i * many + (list & ~(1u << 31))] = value;
            } else if (list) {
                u32 size = lists.row[list]++;
                for (u32 k = list + 1; k <= list + size; k++)
                    line[lists.row[k]] += value * lists.value[k];
                lists.row[list + 1 + size] = (u32)i;
                lists.value[list + 1 + size] = (float)value;
            }
        }
    }
    return many;
}

EXPORT(products)
i64 inner_products(const i32 *indices, const float *data, const i64 *ends, i64 n, i64 common,
                   u64 *slots, u32 *number, u32 *place, u32 *row, float *value,
                   double *products, double *wide) {
    Lists lists = {slots, number, place, row, value};
    return add_products(indices, data, ends, n, (u32)common, lists, products, wide);
}

static double square_length(const float *data, i64 a, i64 b) {
    double total = 0;
    for (i64 e = a; e < b; e++) total += (double)data[e] * data[e];
    return total;
}

static double product_of(const double *x, const double *y, i64 n) {
    double sums[4] = {0, 0, 0, 0};
    i64 c = 0;
    for (; c + 4 <= n; c += 4)
        for (int k = 0; k < 4; k++) sums[k] += x[c + k] * y[c + k];
    for (; c < n; c++) sums[0] += x[c] * y[c];
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

// Σ w·w′·k² of each row over the other rows of its part, and the length of each row.
// `wide` has room for rows × columns of two rows or more.
EXPORT(squares_inside)
void squares_inside(const i32 *indices, const float *data, const i64 *ends, const double *weights,
                    const i64 *parts, i64 n, u64 *slots, u32 *number, u32 *place, u32 *row, float *value,
                    double *products, double *wide, double *norms, double *same) {
    Lists lists = {slots, number, place, row, value};
    for (i64 p = 0; p < n; p++) {
        i64 a = parts[p], rows = parts[p + 1] - a;
        u32 common = rows < 12 ? 1 : rows / 6;
        for (i64 k = 0; k < rows * rows; k++) products[k] = 0;
        i64 many = add_products(indices, data, ends + a, rows, common, lists, products, wide);
        for (i64 i = 0; i < rows; i++) {
            same[a + i] = 0;
            norms[a + i] = __builtin_sqrt(square_length(data, ends[a + i], ends[a + i + 1]));
            for (i64 j = 0; j < i; j++) {
                double k = products[i * rows + j];
                k += product_of(wide + i * many, wide + j * many, many);
                k /= norms[a + i] * norms[a + j];
                k = k > MOST ? MOST : k < LEAST ? LEAST : k;
                double both = weights[a + i] * weights[a + j] * k * k;
                same[a + i] += both;
                same[a + j] += both;
            }
        }
    }
}

// Inner products of rows a and b, pair by pair.
EXPORT(pair_products)
void pair_products(const i32 *indices_a, const float *data_a, const i64 *ends_a,
                   const i32 *indices_b, const float *data_b, const i64 *ends_b, i64 n,
                   double *products) {
    static float scratch[WIDTH];
    for (i64 k = 0; k < n; k++) {
        for (i64 e = ends_a[k]; e < ends_a[k + 1]; e++) scratch[indices_a[e]] = data_a[e];
        double total = 0;
        for (i64 e = ends_b[k]; e < ends_b[k + 1]; e++)
            total += (double)scratch[indices_b[e]] * data_b[e];
        products[k] = total;
        for (i64 e = ends_a[k]; e < ends_a[k + 1]; e++) scratch[indices_a[e]] = 0;
    }
}

// ---- answer ----

// Unit rows, CSR, of blocks side by side: stems of words and their pieces, (1 << bits) columns each,
// and `wide` dense ones; `shares` of each, (n, blocks). Of each word are given its stem's column and
// its pieces, CSR; of each occurrence its word and weight, above 0. Returns the number of entries.
EXPORT(answer)
i64 answer(const i64 *texts, i64 n, const i64 *word, const double *weight, const i32 *stem,
           const i64 *piece_ends, const i32 *piece, const double *piece_weight, i64 words, i64 bits,
           const float *dense, i64 wide, const double *shares, u64 *slots, u32 *used, double *sums,
           double *times, u32 *different, double *total, double *uses, i64 *ends, i32 *indices,
           float *data) {
    i64 entries = ends[0] = 0, blocks = wide ? 3 : 2;
    u32 dirty = 0;
    __builtin_memset(total, 0, words * sizeof(double));
    for (i64 t = 0; t < n; t++) {
        // occurrences of a word are added up first: its stem and pieces are the same
        u32 some = 0, size = 0;
        i64 keys = 0;
        for (i64 w = texts[t]; w < texts[t + 1]; w++) {
            i64 one = word[w];
            different[some] = (u32)one;
            some += total[one] == 0;
            uses[one] = total[one] == 0 ? 1 : uses[one] + 1;
            total[one] += weight[w];
        }
        for (u32 d = 0; d < some; d++)
            keys += 1 + piece_ends[different[d] + 1] - piece_ends[different[d]];
        u32 mask = mask_of(keys);
        if (mask >= dirty) {
            __builtin_memset(slots + dirty, 0, ((i64)mask + 1 - dirty) * sizeof(u64));
            dirty = mask + 1;
        }
#define ADD(column, amount, count)                                    \
    do {                                                              \
        u32 key = (u32)(column), at = slot_of(slots, mask, key);      \
        u64 slot = slots[at];                                         \
        u32 number = slot ? (u32)slot : size;                         \
        slots[at] = ((u64)(key + 1) << 32) | number;                  \
        sums[number] = (slot ? sums[number] : 0) + (amount);          \
        times[number] = (slot ? times[number] : 0) + (count);         \
        used[number] = at;                                            \
        size += slot == 0;                                            \
    } while (0)
        for (u32 d = 0; d < some; d++)
            ADD(stem[different[d]], total[different[d]], uses[different[d]]);
        u32 sides[3] = {0, size, 0};
        for (u32 d = 0; d < some; d++) {
            double of_word = total[different[d]];
            for (i64 e = piece_ends[different[d]]; e < piece_ends[different[d] + 1]; e++)
                ADD((1 << bits) | piece[e], of_word * piece_weight[e], 0);
            total[different[d]] = 0;
        }
        sides[2] = size;
        double filled[3] = {sides[1] > 0, sides[2] > sides[1], 0}, share = 0;
        for (i64 c = 0; c < wide; c++) filled[2] += dense[t * wide + c] != 0;
        for (i64 b = 0; b < blocks; b++) {
            filled[b] = filled[b] > 0 ? shares[t * blocks + b] : 0;
            share += filled[b];
        }
        for (int b = 0; b < 2; b++) {
            float scale = (float)__builtin_sqrt(filled[b] / (share > 0 ? share : 1));
            double squares = 0;
            for (u32 u = sides[b]; u < sides[b + 1]; u++) {
                // of a stem its mean weight times √count, of a piece the root of its weight
                sums[u] = b ? __builtin_sqrt(sums[u]) : sums[u] / __builtin_sqrt(times[u]);
                squares += sums[u] * sums[u];
            }
            double norm = __builtin_sqrt(squares);
            for (u32 u = sides[b]; u < sides[b + 1]; u++) {
                indices[entries] = (i32)(slots[used[u]] >> 32) - 1;
                data[entries++] = (float)(sums[u] / norm) * scale;
                slots[used[u]] = 0;
            }
        }
        float scale = (float)__builtin_sqrt(filled[2] / (share > 0 ? share : 1));
        for (i64 c = 0; c < wide; c++) {
            indices[entries] = (i32)((2 << bits) + c);
            data[entries] = dense[t * wide + c] * scale;
            entries += dense[t * wide + c] != 0;
        }
        if (share == 0) indices[entries] = (i32)((2 << bits) + wide), data[entries++] = 1;
        ends[t + 1] = entries;
    }
    return entries;
}
