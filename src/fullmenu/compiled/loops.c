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
    while (slots < 2 * keys || (slots < 6 * keys && slots < 1 << 17)) slots *= 2;
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
// `kinds` of characters: 1 between words, 2 letter, 3 a word by itself, 4 apostrophe.
EXPORT(words)
i64 words(const u32 *points, const u8 *kinds, const i64 *texts, i64 n, i64 *starts, i64 *ends,
          u64 *hashes, i64 *rows) {
    i64 count = 0;
    for (i64 t = 0; t < n; t++) {
        for (i64 i = texts[t], stop = texts[t + 1]; i < stop;) {
            u8 kind = kinds[points[i]];
            u64 hash = 0, power = 1;
            i64 begin = i++;
            if (kind == 3) {
                hash = (u64)points[begin] + 1;
            } else if (kind == 2) {
                for (i = begin; i < stop; i++) {
                    kind = kinds[points[i]];
                    if (kind != 2) {  // an apostrophe belongs to a word only between two letters
                        int inside = kind == 4 && i + 1 < stop && kinds[points[i - 1]] == 2;
                        if (!inside || kinds[points[i + 1]] != 2) break;
                    }
                    hash += ((u64)points[i] + 1) * power;  // Σ (point + 1)·BASEⁱ
                    power *= BASE;
                }
            } else {
                continue;
            }
            starts[count] = begin, ends[count] = i, rows[count] = t;
            hashes[count++] = mix(hash);
        }
    }
    return count;
}

// ---- pairs inside a part: its rows come one by one ----

enum { ROWS = 32 };  // of a part, at most

static double product_of(const double *x, const double *y, i64 n) {
    double sums[4] = {0, 0, 0, 0};
    i64 c = 0;
    for (; c + 4 <= n; c += 4)
        for (int k = 0; k < 4; k++) sums[k] += x[c + k] * y[c + k];
    for (; c < n; c++) sums[0] += x[c] * y[c];
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

// Σ k² of each row of a part over the others, from inner products below the diagonal and lengths.
static void add_squares(const double *products, const double *norms, i64 rows, double *same) {
    for (i64 i = 0; i < rows; i++) same[i] = 0;
    for (i64 i = 0; i < rows; i++)
        for (i64 j = 0; j < i; j++) {
            double k = products[i * rows + j] / (norms[i] * norms[j]);
            k = k > MOST ? MOST : k < LEAST ? LEAST : k;
            same[i] += k * k;
            same[j] += k * k;
        }
}

// ---- phrasing ----

enum { RUN = 1 << 20, NOTHING = 1 << 21 };  // columns: of runs from here on; of a text without any

static inline int is_space(u32 point) {
    return (point <= 32) | (point == 0xA0) | (point - 0x2000 <= 0xA);  // no branch
}

// The columns of a text, as often as they come: words and word pairs, then runs of four characters.
// Returns how many; the first `of_words` are of words.
static u32 columns_of(const u32 *points, i64 a, i64 b, const u64 *hashes, i64 words, u32 *columns,
                      u32 *of_words) {
    static u64 mixed[128];
    if (!mixed[1])
        for (u32 d = 0; d < 128; d++) mixed[d] = mix(d);
    u32 size = 0;
    for (i64 w = 0; w < words; w++) columns[size++] = (u32)(hashes[w] >> 44);
    for (i64 w = 0; w + 1 < words; w++)
        columns[size++] = (u32)(mix(hashes[w] * BASE + hashes[w + 1]) >> 44);
    *of_words = size;
    if (a == b) return size;
    u64 x = 2, y = 2, z = 0, d;  // two marks before, and two behind
    int first = 1, blank = 0;
    for (i64 i = a; i < b + 2; i++) {
        d = 3;
        if (i < b) {
            int space = is_space(points[i]);
            if (space & blank) continue;
            blank = space;
            d = space ? 32 : points[i];
        }
        if (!first) {
            u64 low = x | y << 21 | z << 42;
            columns[size++] = RUN | (u32)(mix(low + (d < 128 ? mixed[d] : mix(d))) >> 44);
            x = y, y = z;
        }
        z = d, first = 0;
    }
    return size;
}

// A table that numbers columns. A slot holds 1 + a column's number, and `known` has the column: so the
// table is small enough to stay near.
typedef struct {
    u32 *slots, *known, mask;
} Numbers;

static inline void make_empty(Numbers *x, i64 keys) {
    u32 slots = 64;
    while (slots < 2 * keys) slots *= 2;
    x->mask = slots - 1;
    __builtin_memset(x->slots, 0, slots * sizeof(u32));
}

// How often columns come in some texts, at most.
static inline i64 keys_of(const i64 *words, const i64 *texts, i64 a, i64 b) {
    return 2 * (words[b] - words[a]) + texts[b] - texts[a] + 4 * (b - a);
}

// The number of a column; of a new one it is the one that is given.
static inline u32 number_of(Numbers *x, u32 column, u32 new) {
    for (u32 at = column * 2654435769u >> 9 & x->mask;; at = (at + 1) & x->mask) {
        u32 slot = x->slots[at];
        if (!slot) {
            x->slots[at] = new + 1;
            x->known[new] = column;
            return new;
        }
        if (x->known[slot - 1] == column) return slot - 1;
    }
}

// Half of the weight lies on words and pairs, half on runs: the scale of each, of sides that are there.
static float scale_of(const u32 *sides) {
    int filled = (sides[1] > sides[0]) + (sides[2] > sides[1]);
    return (float)__builtin_sqrt(1.0 / (filled ? filled : 1));
}

// Unit rows of damped counts, CSR: words and word pairs, and runs of four characters, half each.
// `logs` hold log(1 + count). Returns the number of entries.
EXPORT(phrasing)
i64 phrasing(const u32 *points, const i64 *texts, const u64 *hashes, const i64 *words, i64 n,
             const double *logs, u32 *slots, u32 *columns, u32 *counts, i64 *ends, i32 *indices,
             float *data) {
    i64 entries = ends[0] = 0;
    Numbers table = {slots, 0, 0};
    for (i64 t = 0; t < n; t++) {
        u32 sides[3] = {0, 0, 0}, of_words, different = 0;
        u32 size = columns_of(points, texts[t], texts[t + 1], hashes + words[t],
                              words[t + 1] - words[t], columns, &of_words);
        make_empty(&table, size);
        table.known = (u32 *)indices + entries;
        for (u32 k = 0; k < size; k++) {
            u32 number = number_of(&table, columns[k], different);
            counts[number] = number == different ? 1 : counts[number] + 1;
            different += number == different;
            if (k + 1 == of_words) sides[1] = different;
        }
        sides[2] = different;
        float scale = scale_of(sides);
        for (int side = 0; side < 2; side++) {
            double squares = 0;
            for (u32 u = sides[side]; u < sides[side + 1]; u++)
                squares += logs[counts[u]] * logs[counts[u]];
            double norm = __builtin_sqrt(squares);
            for (u32 u = sides[side]; u < sides[side + 1]; u++)
                data[entries + u] = (float)(logs[counts[u]] / norm) * scale;
        }
        entries += different;
        if (!size) indices[entries] = NOTHING, data[entries++] = 1;
        ends[t + 1] = entries;
    }
    return entries;
}

// Σ k² of each text over the other texts of its part, by the same rows, which are not written. Most
// columns come once in a text: a bit for each says which, and pairs are counted by bits.
EXPORT(phrasing_squares)
void phrasing_squares(const u32 *points, const i64 *texts, const u64 *hashes, const i64 *words,
                      const i64 *parts, i64 n, const double *logs, u32 *slots, u32 *known,
                      u32 *columns, u64 *bits, u32 *again, u32 *place, u32 *column, double *value,
                      double *same) {
    Numbers table = {slots, known, 0};
    double products[ROWS * ROWS], norms[ROWS];
    float once[2][ROWS];  // what a column has that comes once
    u32 upto[ROWS];       // columns that come again in a text up to this one
    for (i64 p = 0; p < n; p++) {
        i64 rows = parts[p + 1] - parts[p], most = keys_of(words, texts, parts[p], parts[p + 1]);
        i64 size = (most + 63) / 64;        // of a row's bits
        u32 of_side[2] = {0, 0}, many = 0;  // columns, and those that come again in some text
        make_empty(&table, most);
        __builtin_memset(bits, 0, 2 * (rows + 1) * size * sizeof(u64));
        __builtin_memset(place, 0, 2 * most * sizeof(u32));
        for (i64 i = 0; i < rows; i++) {
            i64 t = parts[p] + i;
            u32 of_words, repeats = 0, different[2] = {0, 0}, begin = 0;
            u32 ends[2] = {0, columns_of(points, texts[t], texts[t + 1], hashes + words[t],
                                         words[t + 1] - words[t], columns, &of_words)};
            if (!ends[1]) columns[ends[1]++] = NOTHING;
            ends[0] = of_words;
            for (int side = 0; side < 2; side++) {
                u64 *row = bits + (side * rows + i) * size;
                for (u32 k = begin; k < ends[side]; k++) {
                    u32 new = of_side[side] << 1 | side, one = number_of(&table, columns[k], new);
                    u32 number = one >> 1;
                    of_side[side] += one == new;
                    u64 bit = 1ull << (number & 63), seen = row[number >> 6] & bit;
                    row[number >> 6] |= bit;
                    again[repeats] = one;
                    repeats += seen != 0;
                    different[side] += seen == 0;
                }
                begin = ends[side];
            }
            double squares[2] = {0, 0};
            double *x = value + i * most;
            u32 some = 0;  // of its columns that come again: they are counted in `value`
            __builtin_memset(x, 0, many * sizeof(double));
            for (u32 r = 0; r < repeats; r++) {
                u32 *at = place + again[r];
                if (!*at) {
                    column[many] = again[r];
                    x[many] = 0;
                    *at = ++many;
                }
                double *count = x + *at - 1;
                again[some] = again[r];
                some += *count == 0;
                *count += 1;
            }
            upto[i] = many;
            for (u32 r = 0; r < some; r++) {
                u32 side = again[r] & 1;
                double weight = logs[(i64)x[place[again[r]] - 1] + 1];
                squares[side] += weight * weight;
                different[side]--;
            }
            float scale = (float)__builtin_sqrt(1.0 / ((of_words > 0) + (ends[1] > of_words)));
            double whole = 0;
            for (int side = 0; side < 2; side++) {
                squares[side] = __builtin_sqrt(squares[side] + different[side] * logs[1] * logs[1]);
                float one = different[side] ? (float)(logs[1] / squares[side]) * scale : 0;
                once[side][i] = one;
                whole += different[side] * ((double)one * one);
            }
            for (u32 r = 0; r < some; r++) {
                double *one = x + place[again[r]] - 1;
                *one = (float)(logs[(i64)*one + 1] / squares[again[r] & 1]) * scale;
                whole += *one * *one;
            }
            norms[i] = __builtin_sqrt(whole);
        }
        for (i64 i = 0; i < rows; i++) {
            double *x = value + i * most;
            const u64 *row = bits + i * size;
            for (u32 c = upto[i]; c < many; c++) x[c] = 0;
            for (u32 c = 0; c < many; c++) {
                u32 number = column[c] >> 1, side = column[c] & 1;
                u32 there = row[side * rows * size + (number >> 6)] >> (number & 63) & 1;
                x[c] = x[c] != 0 ? x[c] : there * once[side][i];
            }
            for (i64 j = 0; j < i; j++)
                products[i * rows + j] = product_of(x, value + j * most, many);
        }
        u64 *added = bits + 2 * rows * size;  // columns whose products are added up
        for (u32 c = 0; c < many; c++)
            added[(column[c] & 1) * size + (column[c] >> 7)] |= 1ull << (column[c] >> 1 & 63);
        for (int side = 0; side < 2; side++)
            for (i64 i = 0; i < rows; i++)
                for (i64 j = 0; j < i; j++) {
                    const u64 *x = bits + (side * rows + i) * size, *y = x - (i - j) * size;
                    i64 shared = 0;
                    for (u32 w = 0; w < (of_side[side] + 63) >> 6; w++)
                        shared += __builtin_popcountll(x[w] & y[w] & ~added[side * size + w]);
                    if (shared)
                        products[i * rows + j] += shared * ((double)once[side][i] * once[side][j]);
                }
        add_squares(products, norms, rows, same + parts[p]);
    }
}

// ---- caution ----

// Where a word, or what is behind its apostrophe, begins with three characters that are in `some`, a
// place for each three of five bits. Returns how many; `at` are places in the text `rows`.
EXPORT(openings)
i64 openings(const u32 *points, const i64 *texts, i64 n, const u8 *some, i64 *rows, i64 *at) {
    static u8 code[128];
    for (u32 c = 'a'; c <= 'z'; c++) code[c] = c - 'a' + 1;
    code['\''] = 27, code[' '] = 28;
    i64 count = 0;
    for (i64 t = 0; t < n; t++) {
        const u32 *p = points + texts[t];
        i64 size = texts[t + 1] - texts[t];
        u32 three = 0;
        for (i64 i = 0; i < size + 2; i++) {
            u32 c = i < size ? p[i] : 0;
            three = (three << 5 | (c < 128 ? code[c] : 0)) & 0x7FFF;
            u32 first = three >> 10;
            if (!some[three] || i < 2 || first - 1 > 26) continue;
            u32 before = i > 2 ? p[i - 3] : 0;
            u32 in_word = (before | 32) - 'a' < 26 || before - '0' < 10 || before == '_';
            // whether one that is not ASCII is of a word is left open
            if (before <= 127 && (first == 27) != in_word) continue;
            rows[count] = t;
            at[count++] = i - 2;
        }
    }
    return count;
}

// ---- products of rows ----

typedef struct {
    u64 *slots;
    u32 *number, *place, *row;
    float *value;
} Lists;

// Inner products of CSR rows below the diagonal, added to (n, n): by the columns of two to `common` rows.
// Columns of more are written to `wide`, dense, (n, their number), which is made empty here. Returns how
// many these are.
static i64 add_products(const i32 *indices, const float *data, const i64 *ends, i64 n, u32 common,
                        Lists lists, double *products, double *wide) {
    i64 first = ends[0], entries = ends[n] - first;
    u32 columns = 0, at = 1, many = 0, mask = mask_of(entries);
    u32 *place = lists.place;  // of how many rows each column is; then where its list is
    __builtin_memset(lists.slots, 0, ((i64)mask + 1) * sizeof(u64));
    for (i64 e = 0; e < entries; e++) {
        u32 key = (u32)indices[first + e], where = slot_of(lists.slots, mask, key);
        u64 slot = lists.slots[where];
        u32 number = slot ? (u32)slot : columns;
        lists.slots[where] = ((u64)(key + 1) << 32) | number;
        columns += slot == 0;
        place[number] = slot ? place[number] + 1 : 1;
        lists.number[e] = number;
    }
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

typedef struct {
    const i32 *indices;
    const float *data;
    const i64 *ends;  // of the rows
    Lists lists;
    double *wide;  // room for rows × columns of two rows or more
    double *norms;
} Parts;

// Inner products of a part's rows at unit length, below the diagonal of (rows, rows); and the length
// of each row.
static void products_inside(Parts x, i64 a, i64 rows, double *products) {
    u32 common = rows < 12 ? 1 : rows / 6;
    for (i64 k = 0; k < rows * rows; k++) products[k] = 0;
    i64 many = add_products(x.indices, x.data, x.ends + a, rows, common, x.lists, products, x.wide);
    for (i64 i = 0; i < rows; i++) {
        x.norms[a + i] = __builtin_sqrt(square_length(x.data, x.ends[a + i], x.ends[a + i + 1]));
        for (i64 j = 0; j < i; j++) {
            double k = products[i * rows + j];
            k += product_of(x.wide + i * many, x.wide + j * many, many);
            k /= x.norms[a + i] * x.norms[a + j];
            products[i * rows + j] = k > MOST ? MOST : k < LEAST ? LEAST : k;
        }
    }
}

// The same of every part, one behind the other.
EXPORT(products_inside)
void products_of_parts(const i32 *indices, const float *data, const i64 *ends, const i64 *parts, i64 n,
                       u64 *slots, u32 *number, u32 *place, u32 *row, float *value, double *wide,
                       double *norms, double *products) {
    Parts x = {indices, data, ends, {slots, number, place, row, value}, wide, norms};
    for (i64 p = 0; p < n; p++) {
        i64 rows = parts[p + 1] - parts[p];
        products_inside(x, parts[p], rows, products);
        products += rows * rows;
    }
}

// Σ w·w′·k² of each row over the other rows of its part, and the length of each row.
EXPORT(squares_inside)
void squares_inside(const i32 *indices, const float *data, const i64 *ends, const double *weights,
                    const i64 *parts, i64 n, u64 *slots, u32 *number, u32 *place, u32 *row, float *value,
                    double *wide, double *products, double *norms, double *same) {
    Parts x = {indices, data, ends, {slots, number, place, row, value}, wide, norms};
    for (i64 p = 0; p < n; p++) {
        i64 a = parts[p], rows = parts[p + 1] - a;
        products_inside(x, a, rows, products);
        for (i64 i = 0; i < rows; i++) {
            same[a + i] = 0;
            for (i64 j = 0; j < i; j++) {
                double k = products[i * rows + j];
                double both = weights[a + i] * weights[a + j] * k * k;
                same[a + i] += both;
                same[a + j] += both;
            }
        }
    }
}

// The same of dense rows, most of whose numbers are 0. There is room for what is not 0 in a part.
EXPORT(squares_inside_dense)
void squares_inside_dense(const float *rows, i64 width, const double *weights, const i64 *parts, i64 n,
                          i32 *column, double *value, i64 *ends, double *row, double *norms,
                          double *same) {
    __builtin_memset(row, 0, width * sizeof(double));
    for (i64 p = 0; p < n; p++) {
        i64 a = parts[p], m = parts[p + 1] - a, size = ends[0] = 0;
        for (i64 i = 0; i < m; i++) {
            const float *x = rows + (a + i) * width;
            double squares = 0;
            for (i64 c = 0; c < width; c++) {
                u64 two = 1;
                if (c + 1 < width) __builtin_memcpy(&two, x + c, sizeof two);
                if (!two) {
                    c++;
                } else if (x[c] != 0) {
                    column[size] = (i32)c, value[size++] = x[c];
                    squares += (double)x[c] * x[c];
                }
            }
            ends[i + 1] = size;
            norms[a + i] = __builtin_sqrt(squares);
            same[a + i] = 0;
            for (i64 e = ends[i]; e < size; e++) row[column[e]] = value[e];
            for (i64 j = 0; j < i; j++) {
                double k = 0;
                for (i64 e = ends[j]; e < ends[j + 1]; e++) k += row[column[e]] * value[e];
                k /= norms[a + i] * norms[a + j];
                k = k > MOST ? MOST : k < LEAST ? LEAST : k;
                double both = weights[a + i] * weights[a + j] * k * k;
                same[a + i] += both;
                same[a + j] += both;
            }
            for (i64 e = ends[i]; e < size; e++) row[column[e]] = 0;
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

// Σⱼ wⱼ·k(xᵢ, xⱼ)² = xᵢᵀ(Σⱼ wⱼ·xⱼxⱼᵀ)xᵢ of each CSR row i, whose columns ascend. `sums` has room for
// width × width.
EXPORT(squares_by_moments)
void squares_by_moments(const i32 *indices, const double *data, const i64 *ends, i64 n,
                        const double *weights, i64 width, double *sums, double *same) {
    __builtin_memset(sums, 0, width * width * sizeof(double));
    for (i64 i = 0; i < n; i++)
        for (i64 a = ends[i]; a < ends[i + 1]; a++) {
            double *line = sums + indices[a] * width, value = weights[i] * data[a];
            for (i64 b = a; b < ends[i + 1]; b++) line[indices[b]] += value * data[b];
        }
    for (i64 i = 0; i < n; i++) {
        same[i] = 0;
        for (i64 a = ends[i]; a < ends[i + 1]; a++) {
            const double *line = sums + indices[a] * width;
            double beside = 0;
            for (i64 b = a + 1; b < ends[i + 1]; b++) beside += line[indices[b]] * data[b];
            same[i] += data[a] * (line[indices[a]] * data[a] + 2 * beside);
        }
    }
}

// CSR rows folded into `width` columns by a signed hash of the column, as fullmenu.kernel.sketch.
EXPORT(sketch)
void sketch(const i32 *indices, const float *data, const i64 *ends, i64 n, i64 width, double *sums,
            float *narrow) {
    for (i64 i = 0; i < n; i++) {
        __builtin_memset(sums, 0, width * sizeof(double));
        for (i64 e = ends[i]; e < ends[i + 1]; e++) {
            u64 mixed = (u64)indices[e] * BASE;
            sums[(mixed >> 40) % width] += mixed >> 39 & 1 ? data[e] : -data[e];
        }
        for (i64 c = 0; c < width; c++) narrow[i * width + c] = (float)sums[c];
    }
}

// ---- answer ----

// Number n hashes in the order in which they first come; `first` is where each did. Returns how many
// there are. The table grows as it fills: there are few different words in many.
EXPORT(distinct)
i64 distinct(const u64 *hashes, i64 n, u32 *slots, u32 *number, i64 *first) {
    u32 size = 1 << 10, count = 0;
    __builtin_memset(slots, 0, size * sizeof(u32));
    for (i64 i = 0; i < n; i++) {
        if (2 * count >= size) {
            size *= 4;
            __builtin_memset(slots, 0, size * sizeof(u32));
            for (u32 one = 0; one < count; one++) {
                u32 at = hashes[first[one]] & (size - 1);
                while (slots[at]) at = (at + 1) & (size - 1);
                slots[at] = one + 1;
            }
        }
        u32 at = hashes[i] & (size - 1);
        while (slots[at] && hashes[first[slots[at] - 1]] != hashes[i]) at = (at + 1) & (size - 1);
        if (!slots[at]) {
            slots[at] = ++count;
            first[count - 1] = i;
        }
        number[i] = slots[at] - 1;
    }
    return count;
}

enum { WIDE = 128, TOGETHER = 16 };  // columns of a word's vector; of those that are added up together

// The vectors of some words at length 1, by weight: 0 where there are none.
static void unit_of(const i32 *at, const double *weight, i64 n, const float *vectors, double *sum) {
    double squares = 0;
    for (i64 c = 0; c < WIDE; c += TOGETHER) {
        double some[TOGETHER] = {0};
        for (i64 w = 0; w < n; w++) {
            const float *vector = vectors + (i64)at[w] * WIDE + c;
            for (int k = 0; k < TOGETHER; k++) some[k] += weight[w] * vector[k];
        }
        for (int k = 0; k < TOGETHER; k++) {
            sum[c + k] = some[k];
            squares += some[k] * some[k];
        }
    }
    double norm = squares > 0 ? __builtin_sqrt(squares) : 1;
    for (i64 c = 0; c < WIDE; c++) sum[c] /= norm;
}

// The unit row of x less its part along the unit row `away`; a mere echo stays whole.
static void without(const double *x, const double *away, float *row) {
    double left[WIDE], along = product_of(x, away, WIDE);
    for (i64 c = 0; c < WIDE; c++) left[c] = x[c] - along * away[c];
    double norm = __builtin_sqrt(product_of(left, left, WIDE));
    int mere = norm < 0.01;
    if (mere) norm = __builtin_sqrt(product_of(x, x, WIDE));
    for (i64 c = 0; c < WIDE; c++) row[c] = (float)((mere ? x[c] : left[c]) / (norm > 0 ? norm : 1));
}

// The weight of each word of n texts, the shares of blocks in each text, and, where `semantic`, the
// rows of meaning: as the array code of fullmenu.views.answer. `asked` says where the words of each
// prompt begin; of each word there are its weight as a content or function word, its stem, and where
// its vector stands, or −1; of the rest see there.
EXPORT(answer_weights)
void answer_weights(const i64 *texts, i64 n, const u32 *word, const i64 *prompt, const i64 *asked,
                    const u32 *asked_word, const double *content, const u32 *stem, i64 stems,
                    const i32 *place, const float *vectors, i64 semantic, const double *how,
                    u32 *said, i32 *at, double *some, double *weight, double *shares, float *rows) {
    double echo = how[0], early = how[1], short_ = how[2], least = how[3], most = how[4], half = how[5];
    double away[WIDE], sum[WIDE];
    u32 mark = 0;
    __builtin_memset(said, 0, stems * sizeof(u32));
    for (i64 t = 0; t < n; t++) {
        i64 p = prompt[t], size = texts[t + 1] - texts[t], known = 0;
        if (!t || p != prompt[t - 1]) {
            mark = (u32)t + 1;
            for (i64 w = asked[p]; w < asked[p + 1]; w++) {
                said[stem[asked_word[w]]] = mark;
                at[known] = place[asked_word[w]], some[known] = 1;
                known += place[asked_word[w]] >= 0;
            }
            if (semantic) unit_of(at, some, known, vectors, away);
        }
        double covered = 0, whole = 0;
        known = 0;
        for (i64 i = 0; i < size; i++) {
            u32 one = word[texts[t] + i];
            int echoes = said[stem[one]] == mark;
            double here = (echoes ? echo : 1) / __builtin_sqrt(1 + i / early), full = content[one] * here;
            int counts = place[one] >= 0 && !echoes;
            weight[texts[t] + i] = full;
            whole += full;
            covered += counts ? full : 0;
            at[known] = place[one], some[known] = here;
            known += counts;
        }
        double pieces = least / (most + size), meaning = 0;
        if (semantic) {
            unit_of(at, some, known, vectors, sum);
            without(sum, away, rows + t * WIDE);
            meaning = covered / (whole > 0 ? whole : 1) * half * short_ / (short_ + size);
        }
        double *share = shares + t * (semantic ? 3 : 2);
        share[0] = (1 - meaning) * (1 - pieces), share[1] = (1 - meaning) * pieces;
        if (semantic) share[2] = meaning;
    }
}

// Of each occurrence its word and weight, above 0; of each word its stem and its pieces, CSR, on one
// numbering of columns. The rest is empty between texts.
typedef struct {
    const u32 *word;
    const double *weight;
    const u32 *stem;
    const i64 *ends;
    const u32 *piece;
    const double *piece_weight;
    double *total, *uses;  // of words
    u32 *different;
    double *sums, *times;  // of columns
    u32 *used;
} Words;

// What a text has of stems and of pieces, in `sums`, by the columns in `used`: stems up to sides[1],
// then pieces. `squares` are those of each.
static void read_words(Words x, i64 a, i64 b, u32 *sides, double *squares) {
    // occurrences of a word are added up first: its stem and pieces are the same
    u32 some = 0, size = 0;
    for (i64 w = a; w < b; w++) {
        u32 one = x.word[w];
        x.different[some] = one;
        some += x.total[one] == 0;
        x.uses[one] = x.total[one] == 0 ? 1 : x.uses[one] + 1;
        x.total[one] += x.weight[w];
    }
    for (u32 d = 0; d < some; d++) {
        u32 one = x.different[d], stem = x.stem[one];
        x.used[size] = stem;
        size += x.sums[stem] == 0;
        x.times[stem] = (x.sums[stem] == 0 ? 0 : x.times[stem]) + x.uses[one];
        x.sums[stem] += x.total[one];
    }
    sides[0] = 0, sides[1] = size;
    for (u32 d = 0; d < some; d++) {
        u32 one = x.different[d];
        double total = x.total[one];
        for (i64 e = x.ends[one]; e < x.ends[one + 1]; e++) {
            u32 piece = x.piece[e];
            x.used[size] = piece;
            size += x.sums[piece] == 0;
            x.sums[piece] += total * x.piece_weight[e];
        }
        x.total[one] = 0;
    }
    sides[2] = size;
    squares[0] = squares[1] = 0;
    for (int b = 0; b < 2; b++)
        for (u32 u = sides[b]; u < sides[b + 1]; u++) {
            // of a stem its mean weight times √count, of a piece the root of its weight
            double *sum = x.sums + x.used[u];
            *sum = b ? __builtin_sqrt(*sum) : *sum / __builtin_sqrt(x.times[x.used[u]]);
            squares[b] += *sum * *sum;
        }
}

// The scale of each block that is there, from its share; whether any is.
static int block_scales(const u32 *sides, const float *dense, i64 wide, const double *shares,
                        float *scales) {
    i64 blocks = wide ? 3 : 2;
    double filled[3] = {sides[1] > 0, sides[2] > sides[1], 0}, share = 0;
    for (i64 c = 0; c < wide; c++) filled[2] += dense[c] != 0;
    for (i64 b = 0; b < blocks; b++) {
        filled[b] = filled[b] > 0 ? shares[b] : 0;
        share += filled[b];
    }
    for (int b = 0; b < 3; b++)
        scales[b] = (float)__builtin_sqrt(filled[b] / (share > 0 ? share : 1));
    return share > 0;
}

// Unit rows, CSR, of blocks side by side: stems of words, their pieces, and `wide` dense columns from
// `first` on; `shares` of each, (n, blocks). Returns the number of entries.
EXPORT(answer)
i64 answer(const i64 *texts, i64 n, const u32 *word, const double *weight, const u32 *stem,
           const i64 *piece_ends, const u32 *piece, const double *piece_weight, i64 words, i64 columns,
           const float *dense, i64 wide, const double *shares, double *total, double *uses,
           u32 *different, double *sums, double *times, u32 *used, const i32 *column, i64 first,
           i64 *ends, i32 *indices, float *data) {
    Words x = {word, weight, stem, piece_ends, piece, piece_weight,
               total, uses, different, sums, times, used};
    i64 entries = ends[0] = 0;
    __builtin_memset(total, 0, words * sizeof(double));
    __builtin_memset(sums, 0, columns * sizeof(double));
    for (i64 t = 0; t < n; t++, dense += wide, shares += wide ? 3 : 2) {
        u32 sides[3];
        double squares[2];
        float scales[3];
        read_words(x, texts[t], texts[t + 1], sides, squares);
        int any = block_scales(sides, dense, wide, shares, scales);
        for (int b = 0; b < 2; b++) {
            double norm = __builtin_sqrt(squares[b]);
            for (u32 u = sides[b]; u < sides[b + 1]; u++) {
                indices[entries] = column[used[u]];
                data[entries++] = (float)(sums[used[u]] / norm) * scales[b];
                sums[used[u]] = 0;
            }
        }
        for (i64 c = 0; c < wide; c++) {
            indices[entries] = (i32)(first + c);
            data[entries] = dense[c] * scales[2];
            entries += dense[c] != 0;
        }
        if (!any) indices[entries] = (i32)(first + wide), data[entries++] = 1;
        ends[t + 1] = entries;
    }
    return entries;
}

// Σ k² of each text over the other texts of its part, by the same rows, which are not written.
EXPORT(answer_squares)
void answer_squares(const i64 *texts, const i64 *parts, i64 n, const u32 *word, const double *weight,
                    const u32 *stem, const i64 *piece_ends, const u32 *piece,
                    const double *piece_weight, i64 words, i64 columns, const float *dense, i64 wide,
                    const double *shares, double *total, double *uses, u32 *different, double *sums,
                    double *times, u32 *used, u32 *numbers, u32 *known, double *matrix, i64 room,
                    double *same) {
    Words x = {word, weight, stem, piece_ends, piece, piece_weight,
               total, uses, different, sums, times, used};
    double products[ROWS * ROWS], norms[ROWS];
    __builtin_memset(total, 0, words * sizeof(double));
    __builtin_memset(sums, 0, columns * sizeof(double));
    __builtin_memset(numbers, 0, columns * sizeof(u32));
    for (i64 p = 0; p < n; p++) {
        i64 rows = parts[p + 1] - parts[p], width = room / rows;
        i64 size = 0, upto[ROWS];  // columns of the part: `numbers` are theirs, from 1 on
        float scales[3];
        int any[ROWS];
        for (i64 i = 0; i < rows; i++) {
            i64 t = parts[p] + i;
            const float *meaning = dense + t * wide;
            double *line = matrix + i * width, squares[2], whole = 0;
            u32 sides[3];
            read_words(x, texts[t], texts[t + 1], sides, squares);
            any[i] = block_scales(sides, meaning, wide, shares + t * (wide ? 3 : 2), scales);
            for (i64 c = 0; c < wide; c++) line[c] = meaning[c] * scales[2];
            __builtin_memset(line + wide, 0, size * sizeof(double));
            for (int b = 0; b < 2; b++) {
                double norm = __builtin_sqrt(squares[b]);
                for (u32 u = sides[b]; u < sides[b + 1]; u++) {
                    u32 column = used[u], new = numbers[column] == 0;
                    known[size] = column;
                    size += new;
                    numbers[column] = new ? (u32)size : numbers[column];
                    float one = (float)(sums[column] / norm) * scales[b];
                    line[wide + numbers[column] - 1] = one;
                    whole += (double)one * one;
                    sums[column] = 0;
                }
            }
            upto[i] = wide + size;
            norms[i] = any[i] ? __builtin_sqrt(whole + product_of(line, line, wide)) : 1;
            for (i64 j = 0; j < i; j++)
                products[i * rows + j] =  // behind `upto` the row above has nothing
                    product_of(line, matrix + j * width, upto[j]) + (any[i] + any[j] == 0);
        }
        for (i64 c = 0; c < size; c++) numbers[known[c]] = 0;
        add_squares(products, norms, rows, same + parts[p]);
    }
}

// ---- outline: the blocks of a text, as fullmenu.views.blocks reads them ----

enum { WHITE = 1, BREAK = 2, MARK = 4, CLOSER = 8 };
static const u8 TRAITS[128] = {  // of ASCII: a table, as a branch on spaces is a wrong guess at each word
    ['\t'] = WHITE, ['\n'] = WHITE | BREAK, ['\v'] = WHITE | BREAK, ['\f'] = WHITE | BREAK,
    ['\r'] = WHITE | BREAK, [28] = WHITE | BREAK, [29] = WHITE | BREAK, [30] = WHITE | BREAK,
    [31] = WHITE, [' '] = WHITE, ['.'] = MARK, ['!'] = MARK, ['?'] = MARK, ['"'] = CLOSER,
    ['\''] = CLOSER, [')'] = CLOSER, [']'] = CLOSER, ['*'] = CLOSER, ['_'] = CLOSER,
};

static inline int is_white(u32 c) {  // str.isspace
    if (c < 128) return TRAITS[c] & WHITE;
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static inline int is_break(u32 c) {  // str.splitlines
    if (c < 128) return TRAITS[c] & BREAK;
    return c == 0x85 || c == 0x2028 || c == 0x2029;
}

static inline int is_unspaced(u32 c) {
    return c >= 0xE00 && (c <= 0xEFF || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
                          (c >= 0xF900 && c <= 0xFAFF));
}

static inline int is_mark(u32 c) {  // of a sentence's end
    if (c < 128) return TRAITS[c] & MARK;
    return c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0xFF61;
}

static inline int is_closer(u32 c) {
    if (c < 128) return TRAITS[c] & CLOSER;
    return c == 0x201D || c == 0x2019 || c == 0x300D || c == 0x300F;
}

static inline int ends_alone(u32 c) {  // a sentence, without a space behind
    return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0xFF61 || c == 0x300D || c == 0x300F;
}

static inline int is_blank(u32 c) { return c == ' ' || c == '\t'; }

static int is_one_of(u32 c, const u32 *some, i64 n) {
    for (i64 k = 0; k < n; k++)
        if (some[k] == c) return 1;
    return 0;
}

static const u32 BULLETS[] = {0x2022, 0x25CF, 0x25AA, 0x25E6, 0x30FB,  // these need no space
                              '-', '*', '+', 0xB7, 0x2013, 0x2014};
static const u32 NUMERALS[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
                               0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};

typedef struct {
    u8 kind, end;
    i32 sentences;
    i64 words;
} Block;

typedef struct {
    const u32 *p;
    const u32 *decimals;  // those of other scripts
    i64 n_decimals;
    Block *blocks;
    i64 n;
    i64 *lengths;  // words of each sentence of all texts
    i64 n_lengths;
} Reading;

static i64 words_of(const u32 *p, i64 a, i64 b) {
    i64 words = 0, unspaced = 0;
    int inside = 0;
    for (i64 i = a; i < b; i++) {
        int white = is_white(p[i]);
        words += !(white | inside);
        inside = !white;
        unspaced += is_unspaced(p[i]);
    }
    return words + unspaced / 2;
}

static u8 end_of(const u32 *p, i64 a, i64 b) {
    while (b > a && (is_closer(p[b - 1]) || is_blank(p[b - 1]) || is_break(p[b - 1]))) b--;
    if (b == a) return 0;
    u32 c = p[b - 1];
    c = c == 0x3002 ? '.' : c == 0xFF01 ? '!' : c == 0xFF1F ? '?' : c == 0xFF1A ? ':' : c;
    return c == '.' || c == '!' || c == '?' || c == ':' ? (u8)c : 0;
}

static i64 sentence(Reading *r, i64 a, i64 b) {
    i64 words = words_of(r->p, a, b);
    if (words) r->lengths[r->n_lengths++] = words;
    return words;
}

// Words of a stretch of prose; its sentences are written down.
static i64 prose(Reading *r, i64 a, i64 b) {
    const u32 *p = r->p;
    i64 words = 0, start = a, i = a;
    while (i < b) {
        if (!is_mark(p[i])) {
            i++;
            continue;
        }
        i64 marks = i, stop;
        while (marks < b && is_mark(p[marks])) marks++;
        for (stop = marks; stop < b && is_closer(p[stop]);) stop++;
        if (stop < b && is_white(p[stop])) {
            while (stop < b && is_white(p[stop])) stop++;
        } else if (stop < b) {
            while (stop > i && !ends_alone(p[stop - 1])) stop--;
            if (stop == i) {
                i = marks;
                continue;
            }
        }
        words += sentence(r, start, i);
        start = i = stop;
    }
    return words + sentence(r, start, b);
}

static Block *new_block(Reading *r, u8 kind) {
    Block *block = &r->blocks[r->n++];
    block->kind = kind, block->end = 0, block->words = 0, block->sentences = 0;
    return block;
}

static void add_prose(Reading *r, u8 kind, i64 a, i64 b) {
    Block *block = new_block(r, kind);
    i64 before = r->n_lengths;
    block->words = prose(r, a, b);
    block->sentences = (i32)(r->n_lengths - before);
    block->end = end_of(r->p, a, b);
}

static i64 next_line(const u32 *p, i64 end, i64 stop) {  // where the line after this one begins
    if (end < stop && p[end] == '\r' && end + 1 < stop && p[end + 1] == '\n') return end + 2;
    return end < stop ? end + 1 : stop;
}

static i64 line_end(const u32 *p, i64 a, i64 stop) {
    while (a < stop && !is_break(p[a])) a++;
    return a;
}

static int ends_paragraph(const u32 *p, i64 a, i64 b) {
    while (b > a && p[b - 1] != ']' && (is_white(p[b - 1]) || is_closer(p[b - 1]))) b--;
    if (b == a) return 0;
    u32 c = p[b - 1];
    return c == '.' || c == '!' || c == '?' || c == ':' || c == 0x3002 || c == 0xFF01 ||
           c == 0xFF1F || c == 0xFF1A;
}

// Plain lines between two blank ones: verse, or paragraphs.
static void add_plain(Reading *r, i64 a, i64 b) {
    const u32 *p = r->p;
    i64 lines = 0, total = 0, before = r->n_lengths, last = a;
    for (i64 at = line_end(p, a, b) < b ? a : b; at < b; lines++) {  // one line is no verse
        i64 end = line_end(p, at, b), words = words_of(p, at, end);
        r->lengths[r->n_lengths++] = words;
        total += words;
        last = at;
        at = next_line(p, end, b);
    }
    if (lines > 1 && total <= 12 * lines) {
        Block *block = new_block(r, 'V');
        block->words = total;
        block->end = end_of(p, last, b);
        return;
    }
    r->n_lengths = before;
    i64 start = a;
    for (i64 at = a; at < b;) {
        i64 end = line_end(p, at, b), next = next_line(p, end, b);
        if (end == b || ends_paragraph(p, at, end)) {
            add_prose(r, 'P', start, end);
            Block *block = &r->blocks[r->n - 1];
            if (block->end == ':') block->kind = 'I';
            else if (block->words <= 4 && !block->end) block->kind = 'L';
            start = next;
        }
        at = next;
    }
}

static int is_rule(const u32 *p, i64 a, i64 b) {
    u32 c = a < b ? p[a] : 0;
    int spaced = c == '-' || c == '*';
    if (!spaced && c != '_' && c != '=') return 0;
    i64 n = 0;
    for (i64 i = a; i < b; n++) {
        if (p[i++] != c) return 0;
        if (spaced && i < b && p[i] == ' ') i++;
    }
    return n >= 3;
}

static int is_bold_line(const u32 *p, i64 a, i64 b) {
    if (b - a < 5 || p[a] != '*' || p[a + 1] != '*') return 0;
    i64 i = a + 2;
    while (i < b && p[i] != '*') i++;
    if (i == a + 2 || i > a + 82 || i + 1 >= b || p[i + 1] != '*') return 0;
    i += 2;
    if (i < b && p[i] == ':') i++;
    while (i < b && is_blank(p[i])) i++;
    return i == b;
}

// Where a numbered item's text begins, if what ends at `at` is its number; else 0.
static i64 behind_number(const u32 *p, i64 at, i64 b) {
    u32 c = p[at - 1];
    if (at < b && is_blank(p[at])) {
        while (at < b && is_blank(p[at])) at++;
        return at;
    }
    if (c == 0x3001 || c == 0xFF0E || c == 0xFF09 || (c >= 0x2460 && c <= 0x2473)) return at;
    return at + 1 < b && p[at] == '*' && p[at + 1] == '*' ? at + 2 : 0;
}

static int is_decimal(const Reading *r, u32 c) {
    return (c >= '0' && c <= '9') || (c > 127 && is_one_of(c, r->decimals, r->n_decimals));
}

static i64 after_number(const Reading *r, i64 a, i64 b) {
    const u32 *p = r->p;
#define AT(i) ((i) < b ? p[i] : 0)
    if (AT(a) == '*' && AT(a + 1) == '*') a += 2;
    i64 open = a + (AT(a) == '('), i = open, found;
    while (i < open + 3 && i < b && is_decimal(r, p[i])) i++;
    u32 c = AT(i);
    if (i > open && (c == '.' || c == ')' || c == ':' || c == 0x3001 || c == 0xFF0E) &&
        (found = behind_number(p, i + 1, b)))
        return found;
    c = AT(open) | 32;
    if (AT(open) < 128 && c >= 'a' && c <= 'z' && (AT(open + 1) == '.' || AT(open + 1) == ')') &&
        (found = behind_number(p, open + 2, b)))
        return found;
    if (AT(a) == '(' || AT(a) == 0xFF08) {
        for (i = a + 1; i < a + 4 && i < b && (is_decimal(r, p[i]) || is_one_of(p[i], NUMERALS, 10));)
            i++;
        if (i > a + 1 && (AT(i) == ')' || AT(i) == 0xFF09) && (found = behind_number(p, i + 1, b)))
            return found;
    }
    for (i = a; i < a + 3 && i < b && is_one_of(p[i], NUMERALS, 10);) i++;
    if (i > a && AT(i) == 0x3001) return behind_number(p, i + 1, b);
    if (AT(a) >= 0x2460 && AT(a) <= 0x2473) return behind_number(p, a + 1, b);
    if (AT(a) == 'S' && AT(a + 1) == 't' && AT(a + 2) == 'e' && AT(a + 3) == 'p' && AT(a + 4) == ' ') {
        for (i = a + 5; i < a + 7 && i < b && is_decimal(r, p[i]);) i++;
        if (i > a + 5 && (AT(i) == ':' || AT(i) == '.')) return behind_number(p, i + 1, b);
    }
    return 0;
}

// The kind of a line by what it begins with, 0 if by nothing, and where its text begins.
static u8 kind_of(const Reading *r, i64 a, i64 b, i64 *text) {
    const u32 *p = r->p;
    u32 c = AT(a);
    *text = a;
    i64 i = a;
    if (c == '#') {
        while (i < b && p[i] == '#') i++;
        if (i <= a + 6 && is_blank(AT(i))) {
            while (i < b && is_blank(p[i])) i++;
            return *text = i, 'H';
        }
    }
    if (is_bold_line(p, a, b)) return 'H';
    if ((c == '`' || c == '~') && AT(a + 1) == c && AT(a + 2) == c) return 'C';
    if (c == '|')
        for (i = a + 1; i < b; i++)
            if (p[i] == '|') return 'T';
    if (is_rule(p, a, b)) return *text = b, 'R';
    if (is_one_of(c, BULLETS, 11)) {
        for (i = a + 1; i < b && is_blank(p[i]);) i++;
        if (i < b && !is_white(p[i]) && (i > a + 1 || is_one_of(c, BULLETS, 5)))
            return *text = i, 'B';
    }
    if ((i = after_number(r, a, b))) return *text = i, 'N';
    return c == '>' ? *text = a + 1, 'Q' : 0;
}

static int is_fence(const u32 *p, i64 a, i64 b) {
    while (a < b && is_white(p[a])) a++;
    u32 c = AT(a);
    return (c == '`' || c == '~') && AT(a + 1) == c && AT(a + 2) == c;
}

static void read_blocks(Reading *r, i64 at, i64 stop) {
    const u32 *p = r->p;
    i64 plain = -1, plain_end = 0, code = -1, code_end = 0;
    int in_list = 0;
    for (i64 next; at < stop; at = next) {
        i64 end = line_end(p, at, stop), a = at;
        next = next_line(p, end, stop);
        if (code >= 0) {
            if (is_fence(p, at, end)) {
                new_block(r, 'C')->words = words_of(p, code, code_end);
                code = -1;
            } else {
                code_end = end;
            }
            continue;
        }
        while (a < end && is_white(p[a])) a++;
        if (a == end) {  // blank
            if (plain >= 0) add_plain(r, plain, plain_end);
            plain = -1;
            continue;
        }
        i64 indent = at, text;
        while (indent < end && (is_blank(p[indent]) || p[indent] == 0x3000)) indent++;
        int indented = indent - at > 1;
        u8 kind = kind_of(r, indent, end, &text);
        if (!kind) {
            if (in_list && indented) {  // it belongs to the item above
                Block *item = &r->blocks[r->n - 1];
                item->words += prose(r, at, end);
                item->end = end_of(p, at, end);
            } else {
                if (plain < 0) plain = at;
                plain_end = end;
                in_list = 0;
            }
            continue;
        }
        if (plain >= 0) add_plain(r, plain, plain_end);
        plain = -1;
        if ((kind == 'B' || kind == 'N') && in_list && indented) kind |= 32;
        in_list = (kind | 32) == 'b' || (kind | 32) == 'n';
        if (kind == 'C') {
            code = code_end = next;
        } else if (kind == 'T' || kind == 'Q') {
            Block *last = r->n ? &r->blocks[r->n - 1] : 0;
            if (!last || last->kind != kind) last = new_block(r, kind);
            last->words += words_of(p, at, end);
            last->end = 0;
        } else {
            add_prose(r, kind, text, end);
        }
    }
    if (code >= 0) new_block(r, 'C')->words = words_of(p, code, code_end > code ? code_end : code);
    if (plain >= 0) add_plain(r, plain, plain_end);
}

enum { PLACES = 4, SIZES = 9, MARKS = 16, FACTS = 4 * PLACES + SIZES + 2 + MARKS + 2 };
static const char KINDS[] = "HPIVLBNbnCTQR", ENDS[] = ".!?:", SINGLE[] = ",;:(\"!?`'[";
static const u8 MARK_OF_SINGLE[] = {0, 1, 2, 3, 5, 6, 7, 8, 11, 12};

static i64 place_in(const char *some, u8 c) {
    i64 k = 0;
    while (some[k] && some[k] != (char)c) k++;
    return k;
}

static i64 group_of(u8 kind) {
    static const u8 GROUP[] = {0, 1, 1, 1, 0, 2, 2, 2, 2, 3, 3, 1, 0};
    return GROUP[place_in(KINDS, kind)];
}

static void count_marks(const u32 *p, i64 a, i64 b, i64 *marks) {
    static u8 mark_of[128];  // 1 + the mark of a character
    if (!mark_of[',']) {
        for (int k = 0; SINGLE[k]; k++) mark_of[(u8)SINGLE[k]] = MARK_OF_SINGLE[k] + 1;
        for (int k = '0'; k <= '9'; k++) mark_of[k] = 15;
        mark_of['*'] = mark_of['-'] = 255;  // by what stands beside
    }
    i64 stars = a, dashes = a;  // occurrences do not overlap
    for (i64 i = a; i < b; i++) {
        u32 c = p[i];
        if (c < 128) {
            if (!mark_of[c]) continue;
            if (mark_of[c] < 255) marks[mark_of[c] - 1]++;
            if (c == '*' && i >= stars && AT(i + 1) == '*') marks[4]++, stars = i + 2;
            if (c == '-' && i > dashes && p[i - 1] == ' ' && AT(i + 1) == ' ')
                marks[9]++, dashes = i + 2;
        } else {
            marks[10] += c == 0x2014;
            marks[13] += c == 0x2026;
            marks[15] += c > 0xFFFF;
        }
    }
}

// What the outline goes by, FACTS numbers a text: of the first and the last four blocks the group
// (−1: there is none), then their words; sizes; how the first and the last block end; marks; how
// many blocks and sentences there are. Returns the number of sentences; `lengths` are theirs.
EXPORT(outline)
i64 outline(const u32 *points, const i64 *texts, i64 n, const u32 *decimals, i64 n_decimals,
            Block *blocks, i64 *facts, u8 *kinds, i64 *lengths) {
    Reading r = {points, decimals, n_decimals, blocks, 0, lengths, 0};
    i64 all = 0;
    for (i64 t = 0; t < n; t++) {
        i64 before = r.n_lengths, *fact = facts + t * FACTS;
        r.n = 0;
        i64 *group = fact, *words = fact + 2 * PLACES, *size = fact + 4 * PLACES;
        i64 *edge = size + SIZES, *marks = edge + 2;
        read_blocks(&r, texts[t], texts[t + 1]);
        for (int k = 0; k < PLACES; k++) {
            for (int side = 0; side < 2; side++) {
                Block *block = &blocks[side ? r.n - 1 - k : k];
                group[side * PLACES + k] = k < r.n ? group_of(block->kind) : -1;
                words[side * PLACES + k] = k < r.n ? block->words : 0;
            }
        }
        for (i64 k = 0; k < r.n; k++) {
            u8 kind = kinds[all++] = blocks[k].kind;
            i64 item = kind == 'B' || kind == 'N', nested = kind == 'b' || kind == 'n';
            size[0] += blocks[k].words;
            size[1] += kind == 'P' || kind == 'I';
            size[2] += kind == 'H' || kind == 'L';
            size[3] += item;
            size[4] += nested;
            size[5] += kind == 'V';
            size[6] += kind == 'C' || kind == 'T';
            size[7] += kind == 'P' || kind == 'I' ? blocks[k].sentences : 0;
            size[8] += item || nested ? blocks[k].words : 0;
        }
        if (!r.n) continue;
        for (int side = 0; side < 2; side++) {
            Block *block = &blocks[side ? r.n - 1 : 0];
            edge[side] = place_in(KINDS, block->kind) * 5 + (block->end ? place_in(ENDS, block->end) : 4);
        }
        count_marks(points, texts[t], texts[t + 1], marks);
        marks[MARKS] = r.n;
        marks[MARKS + 1] = r.n_lengths - before;
    }
    return r.n_lengths;
}

// A character in lower case, where that is ASCII.
static inline u32 lowered(u32 c) {
    return c - 'A' < 26 ? c + 32 : c == 0x212A ? 'k' : c;
}

// Which of m phrases the last characters of each text hold in lower case, (n, m); phrases are ASCII,
// of two characters or more.
EXPORT(mentions)
void mentions(const u32 *points, const i64 *texts, i64 n, i64 most, const u32 *phrases,
              const i64 *begins, i64 m, u32 *others, u8 *said) {
    static u32 last[1 << 14];  // 1 + the last phrase that begins with two characters; 0: none
#define LAST(p) last[(p)[0] << 7 | (p)[1]]
    for (i64 k = 0; k < m; k++) {
        others[k] = LAST(phrases + begins[k]);
        LAST(phrases + begins[k]) = (u32)k + 1;
    }
    for (i64 t = 0; t < n; t++) {
        const u32 *end = points + texts[t + 1], *p = points + texts[t];
        u32 two[2] = {0, 0};
        for (p = end - p > most ? end - most : p; p < end; p++) {
            two[0] = two[1], two[1] = lowered(*p);
            for (u32 k = (two[0] | two[1]) > 127 ? 0 : LAST(two); k; k = others[k - 1]) {
                const u32 *phrase = phrases + begins[k - 1];
                i64 size = begins[k] - begins[k - 1], j = 2;
                while (j < size && p + j - 1 < end && lowered(p[j - 1]) == phrase[j]) j++;
                if (j == size) said[t * m + k - 1] = 1;
            }
        }
    }
    for (i64 k = 0; k < m; k++) LAST(phrases + begins[k]) = 0;
}

enum { PLACE_LEVELS = 8, SIZE_LEVELS = 12, RHYTHM = 10, MARK_LEVELS = 5, FORMULAS = 16 };
enum { ORDER, IN_PLACE, IN_SIZE, IN_RHYTHM, AT_EDGE, IN_MARKS, GROUPS };

typedef struct {
    double cells[1024], total[GROUPS];
} Events;

static void add_event(Events *e, int group, i64 cell, double mass) {
    e->cells[cell] += mass;
    e->total[group] += mass;
}

// What x has of the level below it, and of the level above.
typedef struct {
    i64 low;
    double part[2];
} Level;

static Level level_of(double x, i64 levels) {
    x = x > (double)levels - 1.001 ? (double)levels - 1.001 : x;
    double low = __builtin_floor(x);
    return (Level){(i64)low, {1 - (x - low), x - low}};
}

// What rows of the outline are made from. Levels are of words, sizes, marks and sentences; `at` says
// where each group of events begins and the last one ends.
typedef struct {
    const i64 *facts, *path_ends, *path;
    const double *path_mass, *words, *sizes, *marks, *lengths;
    const u8 *formulas;
    const i64 *at;
    const double *shares;
} Outline;

// Count the events of text t, whose sentences come next; what its groups have of the whole.
static double count_events(Outline *x, i64 t, Events *e) {
    const i64 *at = x->at, *fact = x->facts + t * FACTS;
    const i64 *size = fact + 4 * PLACES, *edge = size + SIZES, *mark = edge + 2;
    i64 filled = fact[0] >= 0, sentences = fact[FACTS - 1];
    i64 edges = (at[AT_EDGE + 1] - at[AT_EDGE] - FORMULAS) / 2;
    __builtin_memset(e, 0, sizeof *e);
    for (i64 k = x->path_ends[t]; k < x->path_ends[t + 1]; k++)
        add_event(e, ORDER, x->path[k], x->path_mass[k]);
    for (int side = 0; side < 2; side++)  // the levels below, then those above: as arrays add up
        for (i64 k = 0; k < 2 * PLACES; k++)
            if (fact[k] >= 0) {
                Level l = level_of(x->words[t * 2 * PLACES + k], PLACE_LEVELS);
                i64 cell = at[IN_PLACE] + (k * 4 + fact[k]) * PLACE_LEVELS + l.low + side;
                add_event(e, IN_PLACE, cell, l.part[side]);
            }
    for (int side = 0; side < 2; side++)
        for (i64 k = 0; k < SIZES; k++)
            if (size[k]) {
                Level l = level_of(x->sizes[t * SIZES + k], SIZE_LEVELS);
                i64 cell = at[IN_SIZE] + k * SIZE_LEVELS + l.low + side;
                add_event(e, IN_SIZE, cell, l.part[side]);
            }
    for (i64 k = 0; filled && k < 2; k++)
        add_event(e, AT_EDGE, at[AT_EDGE] + k * edges + edge[k], 1.0);
    for (i64 k = 0; filled && k < FORMULAS; k++)
        if (x->formulas[t * FORMULAS + k]) add_event(e, AT_EDGE, at[AT_EDGE] + 2 * edges + k, 0.7);
    for (int side = 0; side < 2; side++)
        for (i64 k = 0; filled && k < MARKS; k++)
            if (mark[k]) {
                Level l = level_of(x->marks[t * MARKS + k], MARK_LEVELS);
                i64 cell = at[IN_MARKS] + k * MARK_LEVELS + l.low + side;
                add_event(e, IN_MARKS, cell, l.part[side]);
            }
    for (int side = 0; side < 2; side++)
        for (i64 k = 0; k < sentences; k++) {
            Level l = level_of(x->lengths[k], RHYTHM);
            add_event(e, IN_RHYTHM, at[IN_RHYTHM] + l.low + side, 0.4 * l.part[side]);
        }
    for (int side = 0; side < 2; side++)
        for (int next = 0; next < 2; next++)
            for (i64 k = 0; k + 1 < sentences; k++) {
                Level a = level_of(x->lengths[k], RHYTHM), b = level_of(x->lengths[k + 1], RHYTHM);
                i64 cell = at[IN_RHYTHM] + RHYTHM * (1 + a.low + side) + b.low + next;
                add_event(e, IN_RHYTHM, cell, 0.6 * a.part[side] * b.part[next]);
            }
    x->lengths += sentences;
    double whole = 0;
    for (int g = 0; g < GROUPS; g++) whole += e->total[g] > 0 ? x->shares[g] : 0;
    return whole;
}

// Unit rows of the outline from its facts: the roots of the shares of events.
EXPORT(outline_rows)
i64 outline_rows(const i64 *facts, i64 n, const i64 *path_ends, const i64 *path, const double *path_mass,
                 const double *words, const double *sizes, const double *marks, const double *lengths,
                 const u8 *formulas, const i64 *at, const double *shares, float *rows) {
    static Events e;
    Outline x = {facts, path_ends, path, path_mass, words, sizes, marks, lengths, formulas, at, shares};
    i64 width = at[GROUPS];
    for (i64 t = 0; t < n; t++, rows += width + 1) {
        double whole = count_events(&x, t, &e);
        for (int g = 0; g < GROUPS; g++)
            for (i64 c = at[g]; c < at[g + 1]; c++)
                rows[c] = e.cells[c] > 0
                    ? (float)__builtin_sqrt(e.cells[c] * (shares[g] / e.total[g]) / whole) : 0;
        rows[width] = whole == 0;
    }
    return n;
}

// Σ k² of each text over the other texts of its part, by the same rows, which are not written.
EXPORT(outline_squares)
void outline_squares(const i64 *facts, const i64 *parts, i64 n, const i64 *path_ends, const i64 *path,
                     const double *path_mass, const double *words, const double *sizes,
                     const double *marks, const double *lengths, const u8 *formulas, const i64 *at,
                     const double *shares, double *same) {
    static Events e;
    static i32 column[ROWS * 1024];
    static double value[ROWS * 1024], row[1024];
    Outline x = {facts, path_ends, path, path_mass, words, sizes, marks, lengths, formulas, at, shares};
    double products[ROWS * ROWS], norms[ROWS];
    for (i64 p = 0; p < n; p++) {
        i64 rows = parts[p + 1] - parts[p], ends[ROWS + 1] = {0}, size = 0;
        for (i64 i = 0; i < rows; i++) {
            double whole = count_events(&x, parts[p] + i, &e), squares = 0;
            for (int g = 0; g < GROUPS; g++)
                for (i64 c = at[g]; e.total[g] > 0 && c < at[g + 1]; c++)
                    if (e.cells[c] > 0) {
                        float one = (float)__builtin_sqrt(e.cells[c] * (shares[g] / e.total[g]) / whole);
                        column[size] = (i32)c, value[size++] = one;
                        squares += (double)one * one;
                    }
            if (whole == 0) column[size] = (i32)at[GROUPS], value[size++] = squares = 1;
            ends[i + 1] = size;
            norms[i] = __builtin_sqrt(squares);
            for (i64 k = ends[i]; k < size; k++) row[column[k]] = value[k];
            for (i64 j = 0; j < i; j++) {
                double product = 0;
                for (i64 k = ends[j]; k < ends[j + 1]; k++) product += row[column[k]] * value[k];
                products[i * rows + j] = product;
            }
            for (i64 k = ends[i]; k < size; k++) row[column[k]] = 0;
        }
        add_squares(products, norms, rows, same + parts[p]);
    }
}
