"""Causes: outputs, or one prompt, that a loss may come from.

Each kind is a test of single outputs. A loss comes of a kind where its share rose, and where most
of the loss is gone without it: see :mod:`fullmenu.judge.explanation`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fullmenu.errors import NotEnoughData
from fullmenu.judge.case import OrderedLog
from fullmenu.judge.judgement import Ruling
from fullmenu.judge.pipe import CUT
from fullmenu.stats.proportion import difference
from fullmenu.text.tokens import count_words
from fullmenu.views.caution import declines

Mask = NDArray[np.bool_]

RISE = 0.01
"""A share that rose by less explains nothing."""

OPENING = 240
"""Characters in which a refusal shows."""

LABEL_WORDS, ANSWER_WORDS = 3, 10
"""A label has so many words at most; the answers that it stands for had so many or more."""

_REFUSES = re.compile(
    # of a text in lower case, at the beginning of a word; English, beside the caution view's
    r"\b(?=\w)(?:(?:i|we)(?: am|'m| are|'re)? (?:un(?:able|willing)|not (?:able|willing|allowed"
    r"|permitted|in a "
    r"position)) to\b|(?:i|we)(?: really| simply| just| unfortunately)? (?:cannot|can ?not|can't|"
    r"won't|will not|could not|couldn't|may not|mustn't|must not|shouldn't) (?!wait|help but"
    r"|believe)"
    r"|i (?:must|have to|need to|would|will|'ll|'d)?(?: respectfully| politely)? ?(?:decline"
    r"|refuse"
    r"|refrain|pass on)\b|(?:prefer|rather) not (?:to )?(?:answer|say|discuss|respond|help|go"
    r"|engage"
    r"|comment|do|get|touch)|sorry\b[^.!?]{0,60}\b(?:not|no|can't|cannot|unable|decline)\b"
    r"|no comment\b|not (?:something|a (?:topic|subject|request|task)) (?:that )?(?:i|we)\b"
    r"|(?:outside|beyond) (?:of )?(?:what|the scope|my)\b|(?:against|violates?"
    r"|breach(?:es)?|contrary"
    r" to) (?:my|our|the) (?:\w+ )?(?:guidelines?|polic|rules?|principles?|terms)"
    r"|(?:request|question|topic|this|that) (?:has been|is|was) (?:declined|denied|refused"
    r"|off.limits"
    r"|not (?:allowed|permitted|supported|available))\b|(?:talk|speak"
    r"|chat) about something else\b"
    r"|change the (?:subject|topic)\b|unable to (?:help|assist|answer|comply|fulfil|provide"
    r"|process)"
    r"|(?:can't|cannot|won't) be (?:answered|fulfilled|completed|provided)\b"
    # German, Dutch, Scandinavian
    r"|(?:ich|wir) (?:kann|können|darf|dürfen|möchte|werde)\b[^.!?]{0,80}\b(?:nicht|kein\w*)\b"
    r"|(?:kann|können|darf|dürfen|möchte) (?:ich|wir)\b[^.!?]{0,80}\b(?:nicht|kein\w*)\b"
    r"|(?:nicht|kein\w*) (?:helfen|beantworten|weiterhelfen|unterstützen)\b"
    r"|(?:kan|mag|wil) (?:ik|je|u|hier)\b[^.!?]{0,60}\b(?:niet|geen)\b|ik (?:kan|mag"
    r"|wil)\b[^.!?]{0,60}"
    r"\b(?:niet|geen)\b|(?:jag|jeg) (?:kan|får|vil)\b[^.!?]{0,40}\b(?:inte|ikke)\b"
    r"|(?:kan|får) (?:jag|jeg)\b[^.!?]{0,40}\b(?:inte|ikke)\b|en voi\b|en pysty\b"
    # French, Spanish, Portuguese, Italian, Romanian
    r"|je (?:ne|n')\s?(?:peux|puis|suis|souhaite|saurais|veux)\b|impossible de (?:répondre"
    r"|vous aider)"
    r"|(?:no|tampoco) (?:puedo|podemos|podré|me es posible|debo|estoy (?:en condiciones"
    r"|autorizad))"
    r"|não (?:posso|podemos|consigo|estou autorizad|me é possível)"
    r"|non (?:posso|possiamo|sono in grado|mi è possibile|potrei)\b|nu (?:pot|putem)\b"
    # Slavic, Turkish, Greek, Hungarian
    r"|не (?:могу|можем|в состоянии|можу|мога)\b|nie (?:mogę|możemy|jestem w stanie|wolno mi)\b"
    r"|(?:nemohu|nemůžu|nemůžeme|nemôžem|ne mogu|ne morem)\b"
    r"|\w*(?:edemem|amam|emem|amıyorum|emiyorum|amayız|emeyiz)\b|δεν μπορώ\b|nem (?:tudok"
    r"|tudunk|segíthetek)"
    # Indonesian, Vietnamese
    r"|(?:saya|kami) tidak (?:dapat|bisa|boleh)\b|tôi không thể\b)"
)
_REFUSES_BEYOND_ASCII = re.compile(
    # Arabic, Hebrew, Persian, Hindi
    r"لا (?:أستطيع|يمكنني|يمكننا|أقدر)|لست قادر|אני לא יכול|איני יכול|נבצר ממני|نمی(?:‌| )?توانم"
    r"|नहीं (?:कर )?सकत|असमर्थ"
    # Chinese, Japanese, Korean, Thai
    r"|(?:我|我们)(?:无法|不能|没办法)|無法|不便(?:回答|提供)|(?:お答え|お手伝い|対応|提供|回答)[^。]{0,12}(?:できません|いたしかねます"
    r"|出来ません)|できかねます|(?:할|드릴|답변할|도와드릴|제공할) 수 없|ไม่สามารถ",
)
_BEGINS_WITH_ERROR = re.compile(
    r"\W*(?:error|exception|traceback|warning: |fehler|erreur|errore|erro|fout|ошибка|błąd"
    r"|chyba|hata"
    r"|خطأ|错误|錯誤|エラー|오류)\b|\W*(?:http|api|status|code|server|request|connection|internal)\W{0,3}"
    r"(?:error|failed|failure|fault|[45]\d\d)\b"
)
_ERROR = re.compile(
    r"\b(?=\w)(?:something went wrong|(?:an? )?(?:unexpected|unknown|internal) (?:server )?(?:error"
    r"|problem"
    r"|exception|failure)|(?:service|server|model|backend|engine)(?: is)?(?: currently"
    r"| temporarily)?"
    r" (?:unavailable|overloaded|down|busy|not available)|rate.?limit|too many requests|quota"
    r"|timed? ?-?out"
    r"|bad gateway|connection (?:error|reset|refused|aborted|lost)|try again later"
    r"|invalid (?:api key|request"
    r"|response)|(?:error|status)(?: code)?\W{0,2} ?[45]\d\d|context length|content filter"
    r"|(?:null|undefined)(?:pointer| reference)|failed to (?:generate|fetch|connect|load|parse"
    r"|respond))\b"
)
_ERROR_FIELD = re.compile(r"[\"']error[\"']\s*:|<title>[45]\d\d")
_NOTHING = {"", "none", "null", "nan", "n/a", "na", "undefined", "[]", "{}", '""', "-", "…", "..."}
_FINISHED = re.compile(r"[.!?…。！？।؟\"'”’»)\]}>`*|:;~\d]|[^\w\s,\-–—(]")
"""The last character of an output that is finished."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Outputs that a loss may come from.

    Parameters
    ----------
    name
        The kind.
    says
        What the report says that they did.
    bad
        Which outputs of each log they are.
    before, after
        Their share of each log.
    """

    name: str
    says: str
    bad: tuple[Mask, Mask]
    before: float
    after: float


def suspects(logs: Sequence[OrderedLog]) -> list[Suspect]:
    """Return the kinds of outputs whose share surely rose from one log to the other.

    Examples
    --------
    >>> from fullmenu.judge.case import pair
    >>> from fullmenu.samples import Samples
    >>> asked = [f"Dish {n}?" for n in range(8)]
    >>> before = Samples.of({p: [f"{p} Soup with herb {k}." for k in range(4)] for p in asked})
    >>> after = Samples.of({p: ["Das kann ich leider nicht sagen."] * 4 for p in asked})
    >>> [(x.name, x.before, x.after) for x in suspects(pair(before, after).logs)]
    [('refusals', 0.0, 1.0)]
    """
    before, after = logs
    was, now = _Kinds(before), _Kinds(after, before)
    found = []
    for name, says, kind in (
        ("refusals", "it refuses more", "refusals"),
        ("error outputs", "more outputs are messages of an error", "errors"),
        ("empty outputs", "more outputs are empty", "empty"),
        ("labels", "answers became labels", "labels"),
        ("cut outputs", "more outputs are cut off", "cuts"),
    ):
        risen: Mask = getattr(now, kind)
        if risen.mean() < RISE:  # then the log before, which takes as long, need not be read
            continue
        bad = (getattr(was, kind), risen)
        if _rose(before, after, *bad):
            found.append(Suspect(name, says, bad, *(float(side.mean()) for side in bad)))
    return found


@dataclass(frozen=True)
class _Kinds:
    """Which outputs of a log are of each kind, told when it is asked for."""

    log: OrderedLog
    earlier: OrderedLog | None = None

    @cached_property
    def empty(self) -> Mask:
        return nothing(self.log.outputs)

    @cached_property
    def errors(self) -> Mask:
        return tells_error(self.log.outputs)

    @cached_property
    def refusals(self) -> Mask:
        return np.array([refuses(text) for text in self.log.outputs], bool) & ~self.errors

    @cached_property
    def labels(self) -> Mask:
        none = np.zeros(len(self.log.outputs), bool)
        return none if self.earlier is None else _labels(self.earlier, self.log)

    @cached_property
    def cuts(self) -> Mask:
        cuts = cut(self.log.outputs, self.log.samples.column("finish_reason"))
        return cuts & ~self.refusals & ~self.errors if cuts.any() else cuts


def _rose(before: OrderedLog, after: OrderedLog, was: Mask, now: Mask) -> bool:
    """Tell whether a share surely rose, prompts as the units."""
    if now.mean() < was.mean() + RISE:
        return False
    n = 1 + int(max(before.groups.max(), after.groups.max()))
    counts = [
        np.bincount(log.groups, weights, minlength=n)
        for log, bad in ((before, was), (after, now))
        for weights in (bad.astype(float), np.ones(len(bad)))
    ]
    try:
        return (difference(*counts).low or 0.0) > 0
    except NotEnoughData:
        return False


def refuses(text: str) -> bool:
    """Tell whether an output refuses, in one of some twenty languages.

    >>> refuses("No puedo ayudarte con eso."), refuses("Sopa de ajo, con pan.")
    (True, False)
    """
    opening = text.strip()[:OPENING].replace("’", "'")
    lowered = opening.lower()
    return (
        declines(opening)
        or bool(_REFUSES.search(lowered))
        or (not lowered.isascii() and bool(_REFUSES_BEYOND_ASCII.search(lowered)))
    )


def nothing(outputs: Sequence[str]) -> Mask:
    """Say of each output whether it is empty, or says so.

    >>> nothing(["", " null ", "Soup."]).tolist()
    [True, True, False]
    """
    return np.array([text.strip().lower() in _NOTHING for text in outputs], bool)


def tells_error(outputs: Sequence[str]) -> Mask:
    """Say of each output whether it is the message of an error.

    >>> tells_error(["Error: 503 Service Unavailable", "Soup."]).tolist()
    [True, False]
    """
    return np.array(
        [len(text) < 600 and _tells_error(text.strip().lower()) for text in outputs], bool
    )


def _tells_error(text: str) -> bool:
    field = "error" in text or "<title>" in text
    return bool(
        _BEGINS_WITH_ERROR.match(text)
        or _ERROR.search(text)
        or (field and _ERROR_FIELD.search(text))
    )


def cut(outputs: Sequence[str], finish_reasons: Sequence[str | None]) -> Mask:
    """Say of each output whether a limit cut it: the log says so, or it ends in mid-sentence.

    >>> cut(["Soup of the day, with bread and", "Soup."], [None, None]).tolist()
    [True, False]
    """
    reasons = [(reason or "").lower() for reason in finish_reasons]
    if any(reasons) and len(reasons) == len(outputs):
        return np.array([reason in CUT for reason in reasons], bool)
    long = count_words(outputs) >= 6
    return long & np.array([not _FINISHED.search(text.rstrip()[-1:]) for text in outputs], bool)


def _labels(before: OrderedLog, after: OrderedLog) -> Mask:
    """Say of each output after whether it is a label where there was an answer before."""
    sums = np.bincount(before.groups, before.words, minlength=int(after.groups.max()) + 1)
    counts = np.bincount(before.groups, minlength=len(sums))
    answered = sums >= ANSWER_WORDS * np.maximum(counts, 1)
    short = after.words <= LABEL_WORDS
    labels = short & answered[after.groups] & ~nothing(after.outputs)
    rows = np.flatnonzero(labels)
    names = [_bare(after.outputs[row]) for row in rows]
    several = {name for name, n in Counter(names).items() if n > 2}
    kept = len(several) <= max(12, 0.1 * len(after.outputs))
    labels[rows] = [kept and name in several for name in names]
    return labels


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def one_prompt(ruling: Ruling, part: float) -> Iterator[int]:
    """Yield the prompts that carry most of the loss, view by view: one, or a few.

    Of the views' log ratios of repeat rates, summed, a prompt must carry half of ``part`` or more:
    half, as lengths are not matched yet.
    """
    sights = ruling.opinions.premises.sights
    if not sights.case.paired:
        return
    carriers: Counter[int] = Counter()
    whole, without = 0.0, np.zeros(len(sights.case.ids))
    for opinion in ruling.opinions.judged:
        verdict = opinion.verdict
        before, after = (rate.replicates for rate in opinion.rates)
        if not (verdict and verdict.lost and before and after):
            continue
        if before.units != "prompts" or before.n != after.n or min(before.without) <= 0:
            continue
        judged = np.unique(sights.case.logs[0].groups)
        if opinion.question == "within":
            both = [s.within.judged for s in sights.by_view[opinion.view]]
            judged = np.flatnonzero(np.logical_and.reduce(both))
        if len(judged) == before.n and min(after.without) > 0:
            # log of the ratio of rates, whole and without each prompt
            lost = np.log(after.value / before.value)
            rest = np.log(after.without / before.without)
            whole, without = whole + lost, without + lost
            without[judged] += rest - lost
            carriers[int(judged[np.argmin(rest)])] += 1
    for prompt, _ in carriers.most_common(2):
        if whole - without[prompt] >= part / 2 * whole:
            yield prompt
