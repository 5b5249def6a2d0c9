from __future__ import annotations

import json
import lzma
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fullmenu.errors import BadInput
from fullmenu.views import answer

DATA = Path(os.environ.get("FULLMENU_DATA") or Path(__file__).parents[3] / "shared" / "data")
PROMPT = "Name a pet that suits a small flat."
TEXTS = [
    "A goldfish suits a small flat.",
    "I would get a hamster.",
    "hamsters",
    "",
    " \n",
    "🐹",
    "!?",
    "去图书馆看书",
    "Ein Hamster passt gut in eine kleine Wohnung.",
]


def encode(texts: list[str]) -> np.ndarray:
    """A bag of hashed words plus a common direction: what embeddings of one topic look like."""
    assert len(set(texts)) == len(texts)
    vectors = np.full((len(texts), 64), 0.05)
    for i, text in enumerate(texts):
        for word in text.lower().split():
            vectors[i, zlib.crc32(word.strip(".,!?").encode()) % 64] += 1
    return 3 * vectors


def semantic(texts, prompts=None):
    return answer.semantic_rows(texts, prompts, encode)


RULERS = [answer.rows, answer.lexical_rows, semantic]
every_ruler = pytest.mark.parametrize("rows", RULERS, ids=["answer", "lexical", "semantic"])


def kernel(x):
    return (x @ x.T).toarray()


@every_ruler
@pytest.mark.parametrize("prompts", [None, [PROMPT] * 9, [PROMPT, None, ""] * 3])
def test_every_row_has_unit_length(rows, prompts):
    x = rows(TEXTS, prompts)
    assert x.dtype == np.float32
    assert np.diag(kernel(x)) == pytest.approx(1, abs=1e-5)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.text(max_size=30), st.none() | st.text(max_size=10)), max_size=6))
@example([("0'", None), ("0", None)])  # one text ends where a word might go on
@every_ruler
def test_any_text_has_a_row_that_depends_on_it_and_its_prompt_only(rows, pairs):
    texts, prompts = [t for t, _ in pairs], [p for _, p in pairs]
    x = rows(texts, prompts)
    assert x.shape[0] == len(texts)
    for i, (text, prompt) in enumerate(pairs):
        alone = rows([text], [prompt])
        if x.shape[1] == alone.shape[1]:  # without any text the encoder's width is unknown
            assert abs(x[i] - alone).max() < 1e-5
        else:
            assert not text.strip()


@every_ruler
def test_the_order_of_outputs_does_not_matter(rows):
    prompts = [PROMPT, "Was passt?", None] * 3
    there = kernel(rows(TEXTS, prompts))
    back = kernel(rows(TEXTS[::-1], prompts[::-1]))
    np.testing.assert_allclose(there, back[::-1, ::-1], atol=1e-5)


@every_ruler
def test_the_same_text_is_the_same_dish(rows):
    assert kernel(rows(["Get a hamster."] * 2, [PROMPT] * 2))[0, 1] == pytest.approx(1, abs=1e-5)


@every_ruler
def test_empty_outputs_are_one_dish_of_their_own(rows):
    k = kernel(rows(["", "a hamster", "  ", "the"], [PROMPT] * 4))
    assert k[0].tolist() == pytest.approx([1, 0, 1, 0], abs=1e-5)


@every_ruler
def test_only_empty_outputs_and_none_at_all(rows):
    assert (kernel(rows(["", " "], [PROMPT] * 2)) == 1).all()
    assert rows([], []).shape[0] == 0


@every_ruler
def test_what_the_prompt_says_is_taken_out(rows):
    prompt = "Name the best thing about living near a river."
    texts = [
        "The best thing about living near a river is fishing.",
        "The best thing about living near a river is ice skating.",
    ]
    told, untold = kernel(rows(texts, [prompt] * 2))[0, 1], kernel(rows(texts))[0, 1]
    assert told < untold - 0.2


@every_ruler
def test_an_echo_of_the_prompt_does_not_bring_two_answers_together(rows):
    prompts = [PROMPT] * 2
    plain = kernel(rows(["goldfish", "hamster"], prompts))[0, 1]
    echoed = kernel(rows([f"{PROMPT} goldfish", f"{PROMPT} hamster"], prompts))[0, 1]
    assert echoed < plain + 0.25
    alike = kernel(rows([f"{PROMPT} {PROMPT}", f"{PROMPT} {PROMPT}"], prompts))[0, 1]
    assert alike == pytest.approx(1, abs=1e-4)


@every_ruler
def test_another_answer_is_further_than_other_words_around_it(rows):
    k = kernel(rows(["A hamster.", "I'd say: a hamster!", "A goldfish."], [PROMPT] * 3))
    assert k[0, 1] > k[0, 2] + 0.2


def test_inflected_words_are_alike():
    k = kernel(answer.lexical_rows(["running hamsters", "a hamster runs", "a goldfish swims"]))
    assert k[0, 1] > 0.5 > k[0, 2]


def test_scripts_without_spaces_are_read_by_pairs_of_characters():
    texts = ["我想去图书馆看书", "去图书馆看书吧", "晚上吃火锅", "การอ่านหนังสือ"]
    k = kernel(answer.lexical_rows(texts, ["你周末做什么？"] * 4))
    assert k[0, 1] > 0.5
    assert max(k[0, 2], k[0, 3], k[2, 3]) < 0.1


def test_pictographs_and_marks_are_answers():
    k = kernel(answer.lexical_rows(["🐹", "🐹!", "🐟", "?!", "..."], ["Pick an emoji."] * 5))
    assert k[0, 1] == pytest.approx(1, abs=1e-5)
    assert max(k[0, 2], k[0, 3], k[3, 4]) < 0.1


def test_long_texts_do_not_meet_by_chance():
    rng = np.random.default_rng(0)
    letters = np.array(list("etaoinshrdlu"))
    words = ["".join(rng.choice(letters, rng.integers(3, 9))) for _ in range(4000)]

    def chance(length: int) -> float:
        k = kernel(answer.lexical_rows([" ".join(rng.choice(words, length)) for _ in range(40)]))
        return float((k[np.triu_indices(40, 1)] ** 2).mean())

    assert max(chance(10), chance(100), chance(400)) < 0.05


def test_the_encoder_is_called_once_and_its_scale_does_not_matter():
    calls = []

    def count(texts):
        calls.append(texts)
        return encode(texts) * 7

    x = answer.semantic_rows(["a", "b", "a"], [PROMPT, PROMPT, None], count)
    assert len(calls) == 1
    np.testing.assert_allclose(
        kernel(x), kernel(semantic(["a", "b", "a"], [PROMPT, PROMPT, None])), atol=1e-5
    )


def test_a_paraphrase_is_nearer_than_another_answer():
    prompt = "How should I spend the evening?"
    texts = ["Watch a film at home.", "See a movie in your house.", "Go running outdoors."]
    k = kernel(answer.rows(texts, [prompt] * 3))
    assert k[0, 1] > 0.45 > 0.25 > k[0, 2]
    assert kernel(answer.lexical_rows(texts, [prompt] * 3))[0, 1] < 0.2


@pytest.mark.parametrize(
    "said", ["mi perro duerme", "mein Hund schläft", "il mio cane dorme", "我的狗在睡觉"]
)
def test_a_translation_is_nearer_than_another_answer(said):
    k = kernel(answer.rows(["my dog sleeps", said, "my taxes rose"], [None] * 3))
    assert k[0, 1] > 0.2 > 0.1 > k[0, 2]


@pytest.mark.parametrize(
    "texts",
    [
        ["nyumba kubwa sana", "nyumba kubwa", "samaki mdogo"],  # Swahili: no vectors
        ["zorple grambit fnoo", "zorple grambit", "quibbet larn"],
    ],
)
def test_where_few_words_have_vectors_the_words_decide(texts):
    k, words = kernel(answer.rows(texts)), kernel(answer.lexical_rows(texts))
    assert k[0, 1] > 0.5 > 0.2 > k[0, 2]
    assert abs(k - words).max() < 0.25


@pytest.mark.parametrize(
    "one, other, prompt",
    [
        ("42", "43", "How many?"),
        ("Paris", "London", "The capital?"),
        ("Yes.", "No.", "Is it?"),
        ("true", "false", "Is it?"),
        ("left", "right", "Where?"),
        ("Monday", "Tuesday", "When?"),
        ("positive", "negative", "Which sentiment?"),
        ("The capital is Paris.", "The capital is London.", "The capital?"),
    ],
)
def test_two_answers_of_one_kind_are_two_dishes(one, other, prompt):
    assert kernel(answer.rows([one, other], [prompt] * 2))[0, 1] < answer.VIEW.same_dish


def test_the_sense_of_many_words_counts_less_than_that_of_few():
    few, other = "a dog sleeps", "the hound is resting"
    short = kernel(answer.rows([few, other]))[0, 1]
    long = kernel(answer.rows([" ".join([few] * 60), " ".join([other] * 60)]))[0, 1]
    assert long < short - 0.15


@pytest.mark.parametrize("rows", [answer.rows, answer.lexical_rows])
def test_human_classes_of_noveltybench(rows):
    path = DATA / "noveltybench" / "generations.jsonl.xz"
    if not path.exists():
        pytest.skip(f"shared data not found at {path}; set FULLMENU_DATA")
    from scipy.stats import spearmanr

    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file][::3]
    texts = [text for record in records for text in record["generations"]]
    prompts = [record["prompt"] for record in records for _ in range(10)]
    x = rows(texts, prompts)
    pairs = np.triu_indices(10, 1)
    rates = [(kernel(x[i : i + 10])[pairs] ** 2).mean() for i in range(0, len(texts), 10)]
    classes = [len(set(record["partition"])) for record in records]
    assert spearmanr(-np.array(rates), classes)[0] > 0.66


def test_a_row_does_not_depend_on_what_was_read_before(monkeypatch):
    texts = ["Baked salmon with dill", "a dog, the dog", "狗狗 baking", ""]
    asked = ["Dinner?", None, "What is baking?", None]
    first = answer.lexical_rows(texts, asked)
    answer.lexical_rows(["dill dog with baking words", "the end of salmon"])
    again = answer.lexical_rows(texts, asked)
    monkeypatch.setattr(answer, "MOST_WORDS", -1)
    anew = answer.lexical_rows(texts, asked)
    for x in (again, anew):
        assert np.array_equal(x.data, first.data)
        assert np.array_equal(x.indices, first.indices)


@pytest.mark.parametrize("given", [np.full((2, 3), np.nan), np.zeros((2, 0)), np.zeros(2)])
def test_vectors_that_are_none_are_refused(given):
    with pytest.raises(BadInput, match="the encoder gave"):
        answer.semantic_rows(["a dog", "a cat"], None, lambda texts: given)
