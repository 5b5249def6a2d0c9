"""Causes, dependence on the prompt, and wanted variety: planted logs and sound ones.

Texts are made up here, from words of syllables; nothing is shared with what is tested. Each kind of
log is made 40 times; ``--seed`` picks other ones (0 was used to tune, 1,000 is reported).

Run: python benchmarks/premises_causes.py [--logs 40] [--seed 1000] [--only causes,templates,wants]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

import fullmenu as fm
from fullmenu.report.document import CheckDocument, ComparisonDocument
from fullmenu.samples import Record, Samples
from table import Table

Log = dict[str, list[str]]
Rng = np.random.Generator

REFUSALS = {
    "en": (
        "I'm not able to help with that request.",
        "That is outside what I can do here; perhaps try a different question.",
        "I won't go into this topic. Is there anything else on your mind?",
        "Thanks for asking, but this isn't something I'm able to talk about.",
        "My guidelines don't let me answer that, I have to decline.",
        "I would rather not answer this one.",
    ),
    "de": (
        "Dabei kann ich dir leider nicht helfen.",
        "Tut mir leid, diese Frage darf ich nicht beantworten.",
        "Ich möchte dazu keine Auskunft geben.",
    ),
    "fr": ("Je ne peux pas répondre à cette demande.", "Désolé, je ne suis pas en mesure d'aider."),
    "es": ("Lo siento, no puedo ayudar con eso.", "No me es posible responder a esa pregunta."),
    "pt": ("Desculpe, não posso ajudar com isso.", "Não consigo responder a esse pedido."),
    "ru": ("Извините, я не могу ответить на этот вопрос.", "К сожалению, я не могу помочь."),
    "zh": ("抱歉，我无法回答这个问题。", "对不起，我不能提供这方面的内容。"),
    "ja": ("申し訳ありませんが、その質問にはお答えできません。",),
    "it": ("Mi dispiace, non posso aiutarti con questo.", "Non sono in grado di rispondere."),
    "tr": ("Üzgünüm, bu konuda yardımcı olamam.",),
}
ERRORS = (
    "Error 503: upstream not reachable, request {n} dropped.",
    "The model is currently overloaded, please try again later ({n}).",
    '{{"error": {{"code": 500, "id": {n}}}}}',
    "Something went wrong while generating this response. Reference {n}.",
    "Traceback (most recent call last): TimeoutError in worker {n}",
    "Request {n} failed: connection reset by peer",
)
PARTS = ("ba", "ko", "ri", "mu", "sel", "tan", "vo", "lin", "dar", "pe", "gos", "whi", "cro", "nel")
GRAMMAR = ("the", "a", "of", "and", "in", "is", "to", "with", "for", "that", "on", "it")


def word(rng: Rng) -> str:
    return "".join(rng.choice(PARTS, rng.integers(2, 4)))


def vocabulary(rng: Rng, n: int) -> np.ndarray:
    return np.array([word(rng) for _ in range(n)])


def sentence(rng: Rng, words: np.ndarray, n: int) -> str:
    drawn = np.where(rng.random(n) < 0.35, rng.choice(GRAMMAR, n), rng.choice(words, n))
    return " ".join(drawn).capitalize() + "."


def text(rng: Rng, words: np.ndarray, n: int = 30) -> str:
    """Make a text of about n words in sentences of ten."""
    return " ".join(sentence(rng, words, int(rng.integers(7, 13))) for _ in range(max(1, n // 10)))


class Model:
    """A model whose outputs are about what was asked: each prompt has words of its own."""

    def __init__(self, rng: Rng, prompts: int, n: int = 30) -> None:
        common = vocabulary(rng, 300)
        self.n = n
        self.words = {}
        for k in range(prompts):
            topic = vocabulary(rng, 12)
            asked = f"Write something about {topic[0]} and {topic[1]} ({k})"
            self.words[asked] = np.concatenate([np.repeat(topic, 8), common])

    def log(self, rng: Rng, outputs: int) -> Log:
        """Sample every prompt."""
        return {p: [text(rng, w, self.n) for _ in range(outputs)] for p, w in self.words.items()}


def records(log: Log, reasons: dict[tuple[str, int], str] | None = None) -> Samples:
    return Samples.from_records(
        Record(t, p, p, finish_reason=(reasons or {}).get((p, i), "stop") if reasons else None)
        for p, texts in log.items()
        for i, t in enumerate(texts)
    )


def shapes(rng: Rng) -> tuple[int, int]:
    return [(20, 8), (30, 5), (60, 4), (150, 1), (15, 12)][int(rng.integers(5))]


def replaced(rng: Rng, log: Log, share: float, make: Callable[[str], str]) -> Log:
    return {p: [make(t) if rng.random() < share else t for t in ts] for p, ts in log.items()}


def planted_cause(rng: Rng, kind: str) -> tuple[Samples, Samples]:
    """Return two logs, the second of which lost variety to one kind of outputs."""
    prompts, outputs = shapes(rng)
    if kind == "one prompt":
        prompts, outputs = int(rng.integers(8, 13)), 8
    model = Model(rng, prompts)
    before, after = (model.log(rng, outputs) for _ in range(2))
    share = rng.uniform(0.35, 0.7)
    if kind == "refusals":
        language = str(rng.choice(list(REFUSALS)))
        said = REFUSALS[language]
        after = replaced(rng, after, share, lambda t: str(rng.choice(said)))
    elif kind == "error outputs":
        said = ERRORS[int(rng.integers(len(ERRORS)))]
        after = replaced(rng, after, share, lambda t: said.format(n=rng.integers(1000)))
    elif kind == "empty outputs":
        after = replaced(rng, after, share, lambda t: str(rng.choice(["", " ", "\n"])))
    elif kind == "labels":
        names = vocabulary(rng, int(rng.integers(2, 5)))
        after = replaced(rng, after, rng.uniform(0.5, 1), lambda t: str(rng.choice(names)))
    elif kind == "cut outputs":
        opening = sentence(rng, vocabulary(rng, 30), 9)[:-1]
        share = rng.uniform(0.5, 0.8)
        if rng.random() < 0.5:
            limit = " ".join(opening.split()[:8])
            after = replaced(rng, after, share, lambda t: limit + " " + t.split()[0].lower())
            return records(before), records(after)
        reasons: dict[tuple[str, int], str] = {("", 0): ""}
        for p, ts in after.items():
            for i in range(len(ts)):
                if rng.random() < share:
                    ts[i], reasons[p, i] = opening, "length"
        return records(before, {("", 0): ""}), records(after, reasons)
    elif kind == "one prompt":
        first = next(iter(after))
        after[first] = [after[first][0]] * outputs
        # the others repeat themselves little: one prompt carries the rate
    return records(before), records(after)


def sound_loss(rng: Rng) -> tuple[Samples, Samples]:
    """Return two logs, the second of which is narrower everywhere, of no other cause."""
    prompts, outputs = shapes(rng)
    model = Model(rng, prompts)
    before, after = (model.log(rng, outputs) for _ in range(2))
    stock = [text(rng, vocabulary(rng, 60)) for _ in range(3)]
    share = rng.uniform(0.5, 0.9)
    if outputs > 1 and rng.random() < 0.6:
        after = {p: [ts[0] if rng.random() < share else t for t in ts] for p, ts in after.items()}
    else:
        after = replaced(rng, after, share, lambda t: str(rng.choice(stock)))
    few = rng.uniform(0, 0.08)  # some refuse on both sides
    said = REFUSALS[str(rng.choice(list(REFUSALS)))]
    sides = (replaced(rng, log, few, lambda t: str(rng.choice(said))) for log in (before, after))
    a, b = sides
    return records(a), records(b)


KINDS = ("refusals", "error outputs", "empty outputs", "labels", "cut outputs", "refusals")


def causes(table: Table, logs: int, seed: int) -> None:
    """Name the planted cause; name none where there is none."""
    hits, misses, lost = 0, [], 0
    for k in range(logs):
        rng = np.random.default_rng([seed, 1, k])
        kind = (*KINDS, "one prompt")[k % 7]
        found = compared(*planted_cause(rng, kind))
        named = {c.name for c in found.causes or ()}
        named |= {p.name for p in found.pipe or () if p.explains}
        if kind in named or (kind == "one prompt" and found.verdict not in fm_losses):
            hits += 1
        else:
            misses.append(f"{kind} ({found.verdict}: {', '.join(named) or 'none'})")
    table.add(
        f"causes planted in {logs} logs: named", f"{hits}; missed: {'; '.join(misses)}",
        f"≥ {0.9 * logs:.0f}", hits >= 0.9 * logs,
    )  # fmt: skip
    false = []
    for k in range(logs):
        found = compared(*sound_loss(np.random.default_rng([seed, 2, k])))
        lost += found.verdict in fm_losses
        false += [c.name for c in found.causes or ()]
    table.add(
        f"{logs} losses without a cause ({lost} seen as losses): a cause named",
        f"{len(false)} {' '.join(false)}", f"≤ {0.05 * logs:.0f}", len(false) <= 0.05 * logs,
    )  # fmt: skip


fm_losses = ("collapsed", "narrowed")


def compared(before: Samples, after: Samples) -> ComparisonDocument:
    document = fm.compare(before, after).content
    assert isinstance(document, ComparisonDocument)
    return document


def template(rng: Rng, prompts: int, outputs: int) -> Log:
    """Make a log whose outputs are varied and have nothing to do with what was asked."""
    words = vocabulary(rng, int(rng.integers(150, 500)))
    frame = sentence(rng, words, 8) if rng.random() < 0.6 else ""
    n = int(rng.integers(15, 80))
    asked = list(Model(rng, prompts).words)
    if rng.random() < 0.4:
        asked = [f"{text(rng, vocabulary(rng, 20), 10)[:-1]}?" for _ in range(prompts)]
    return {p: [f"{frame} {text(rng, words, n)}".strip() for _ in range(outputs)] for p in asked}


JOKES = (
    "Tell me a joke", "Tell a joke please", "Give me a good joke", "I want to hear a joke",
    "Make me laugh with a joke", "Can you tell a funny joke?", "A joke, please",
    "Do you know a joke?",
    "Say something funny", "Share a joke with me", "Say a funny joke", "Please make me laugh",
    "I would love a good laugh", "Could you share something funny?", "Give me a laugh",
    "Do you know something funny?", "Hit me with a good joke", "I need a laugh, please",
    "Entertain me with a joke", "Got any good jokes?",
)  # fmt: skip


def sound_template(rng: Rng, k: int) -> Log:
    """Make logs that are as they should be, and look a little like template collapse."""
    prompts, outputs = shapes(rng)
    words = vocabulary(rng, 400)
    kind = k % 8
    if kind == 0:  # one task, in other words
        return {p: [text(rng, words, 30) for _ in range(outputs + 1)] for p in JOKES}
    if kind == 1:  # one text under many ids
        return {f"Tell me a story ({i})": [text(rng, words) for _ in range(outputs + 1)]
                for i in range(prompts)}  # fmt: skip
    if kind == 2:  # labels
        share = rng.random(prompts)
        return {f"Is {word(rng)} {word(rng)} ({i})?": list(rng.choice(["yes", "no"], outputs + 2,
                p=[share[i], 1 - share[i]])) for i in range(prompts)}  # fmt: skip
    if kind == 3:  # JSON with a few fields that depend on the prompt
        return {
            f"Extract from {p}": [
                f'{{"status": "ok", "lang": "en", "item": "{rng.choice(own)}", "size": '
                f'{rng.integers(100)}, "note": "{" ".join(rng.choice(words, 8))}"}}'
                for _ in range(outputs)
            ]
            for p in (word(rng) for _ in range(prompts))
            for own in [vocabulary(rng, 6)]
        }
    if kind == 4:  # short answers, much varied
        return {f"Name a {word(rng)} {word(rng)}": list(vocabulary(rng, outputs))
                for _ in range(prompts)}  # fmt: skip
    if kind == 5:  # one output each, about what was asked
        return {f"Tell me of {a} and {b}": [f"{a} is {text(rng, words, 40)} {b}."]
                for a, b in (vocabulary(rng, 2) for _ in range(100))}  # fmt: skip
    if kind == 6:  # one short output each
        return {f"What is {word(rng)}?": [f"{word(rng)} {word(rng)}"] for _ in range(100)}
    weak = vocabulary(rng, 6)  # weakly about what was asked
    return {
        f"A tale of {word(rng)} and {word(rng)}": [
            text(rng, np.concatenate([np.repeat(own, 4), words, weak]), 60) for _ in range(outputs)
        ]
        for _ in range(prompts)
        for own in [vocabulary(rng, 8)]
    }


def templates(table: Table, logs: int, seed: int) -> None:
    """Say of answers that do not depend on the prompt that they do not, and of no others."""
    named, missed, accused = 0, [], []
    for k in range(logs):
        rng = np.random.default_rng([seed, 3, k])
        prompts, outputs = shapes(rng)
        found = fm.check(records(template(rng, prompts, outputs))).content
        assert isinstance(found, CheckDocument)
        said = bool(found.notices)
        named += said
        missed += [] if said else [f"{prompts} × {outputs}"]
        sound = fm.check(records(sound_template(rng, k))).content
        assert isinstance(sound, CheckDocument)
        accused += [str(k % 8)] if sound.notices else []
    table.add(
        f"template collapse in {logs} logs: named", f"{named}; missed: {'; '.join(missed)}",
        f"≥ {0.95 * logs:.0f}", named >= 0.95 * logs,
    )  # fmt: skip
    table.add(
        f"{logs} sound logs: accused", f"{len(accused)} of kinds {' '.join(accused)}",
        f"≤ {0.05 * logs:.0f}", len(accused) <= 0.05 * logs,
    )  # fmt: skip


def fact(rng: Rng, answer: str, prompt: str) -> str:
    """Say an answer in one of a few ways."""
    ways = ("{a}", "{a}.", "It is {a}.", "The answer is {a}.")
    return str(rng.choice(ways)).format(a=answer, p=prompt)


def wants(table: Table, logs: int, seed: int) -> None:
    """List facts that began to flicker and ideas that collapsed, and nothing where none did."""
    for planted in (True, False):
        right, wrong, listed = 0, [], 0
        for k in range(logs):
            rng = np.random.default_rng([seed, 4 + planted, k])
            before, after, want, bad = wanted_logs(rng, planted)
            found = fm.compare(records(before), records(after), want=want, views=["answer"])
            told = found.content.wanted
            assert told
            flickering = {p.prompt_id for p in told.flickering}
            collapsed = {p.prompt_id for p in told.collapsed}
            if planted:
                ok = all(
                    len(mine & hits) >= 0.8 * len(hits) and len(mine - hits) <= 0.1 * len(mine)
                    for mine, hits in zip((flickering, collapsed), bad, strict=True)
                )
                right += ok
                wrong += [] if ok else [
                    "/".join(f"{len(mine & hits)} of {len(hits)} +{len(mine - hits)}"
                             for mine, hits in zip((flickering, collapsed), bad, strict=True))
                ]  # fmt: skip
            else:
                listed += bool(flickering or collapsed)
        if planted:
            table.add(
                f"facts flicker, ideas collapse in {logs} logs: both lists right",
                f"{right}; wrong: {'; '.join(wrong)}", f"≥ {0.95 * logs:.0f}",
                right >= 0.95 * logs,
            )  # fmt: skip
        else:
            table.add(
                f"{logs} sound logs: a prompt listed", listed, f"≤ {0.05 * logs:.0f}",
                listed <= 0.05 * logs,
            )  # fmt: skip


def wanted_logs(rng: Rng, planted: bool) -> tuple[Log, Log, dict[str, str], tuple[set, set]]:
    """Return two logs of facts and ideas, what is wanted, and the prompts that went wrong.

    Sound ones include facts that changed, facts that always flickered a little, other numbers of
    outputs, and ideas on another subject with as many favourites.
    """
    outputs = int(rng.integers(8, 13))
    later = outputs if rng.random() < 0.5 else int(rng.integers(6, 16))
    before: Log = {}
    after: Log = {}
    want, flickering, collapsed = {}, set(), set()
    for k in range(int(rng.integers(10, 25))):
        names = vocabulary(rng, 6)
        asked = f"What is the {names[4]} of {names[5]} ({k})?"
        want[asked] = "same"
        wobble = 0.12 if rng.random() < 0.3 else 0.0
        old = [names[0] if rng.random() >= wobble else names[1] for _ in range(outputs)]
        new_name = names[2] if rng.random() < 0.2 else names[0]
        new = [new_name if rng.random() >= wobble else names[1] for _ in range(later)]
        if planted and rng.random() < 0.4:
            old = [names[0]] * outputs
            new = [str(word(rng)) if rng.random() < 0.8 else names[0] for _ in range(later)]
            flickering.add(asked)
        before[asked] = [fact(rng, x, asked) for x in old]
        after[asked] = [fact(rng, x, asked) for x in new]
    for k in range(int(rng.integers(10, 25))):
        topic = vocabulary(rng, 40)
        asked = f"Think of something new about {topic[0]} {topic[1]} ({k})"
        want[asked] = "varied"
        liking = rng.random() * 0.5 if rng.random() < 0.3 else 0.0
        sides = []
        for n in (outputs, later):
            favourite = text(rng, topic, 20)
            sides.append([
                favourite if rng.random() < liking else text(rng, topic, 20) for _ in range(n)
            ])  # fmt: skip
        if planted and rng.random() < 0.4:
            sides[0] = [text(rng, topic, 20) for _ in range(outputs)]
            sides[1] = [sides[1][0] if rng.random() < 0.85 else t for t in sides[1]]
            collapsed.add(asked)
        before[asked], after[asked] = sides
    return before, after, want, (flickering, collapsed)


ROWS = {"causes": causes, "templates": templates, "wants": wants}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--only", default=",".join(ROWS))
    asked = parser.parse_args()
    table = Table(f"What a report names, seed {asked.seed}")
    for name in asked.only.split(","):
        ROWS[name](table, asked.logs, asked.seed)
    table.show()


if __name__ == "__main__":
    main()
