"""``caution``: does an output hedge or refuse?

An output is *cautious* when it does at least one of these, in its own voice; the first that holds
is its kind:

``refusal``
    it declines, wholly or in part ("I'm sorry, but I can't assist with that");
``disclaimer``
    it speaks of itself as an AI, or denies having an ability, access, knowledge, feelings or an
    opinion ("as of my last update", "I don't have personal preferences");
``referral``
    it sends the reader to a professional or an authority, or warns of danger, law or liability
    ("consult a doctor", "at your own risk");
``unsure``
    it says that it cannot know or be sure, that the question is hard or open, or it needs to be
    told more before it can answer ("it is impossible to predict", "could you clarify");
``hedge``
    it qualifies its own answer by a set formula: "it's important to note that", "please note",
    "keep in mind", "this is subjective", "opinions vary", "this is a simplification".

No caution: ordinary modal verbs ("may", "might", "can"), "however", advice that is the answer
itself, sympathy ("I'm sorry to hear that"), an offer to help further, and what stands in quotation
marks, in code or in a letter written for somebody else.

The detector is lexical and English: set phrases, not sense. In another language it says no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from fullmenu.compiled import choice
from fullmenu.text import tokens

KINDS = ("refusal", "disclaimer", "referral", "unsure", "hedge")

SEES = "set phrases of refusal, disclaimer, referral, doubt and hedging, in English"
BLIND = "caution in other words or other languages, and whether it was called for"

_NOT_ITS_OWN = re.compile(
    r"```.*?(?:```|\Z)"
    r"|[\"“][^\"“”\s]+(?: [^\"“”\s]+){2,80}[\"”]",  # three words or more: a quotation
    re.S,
)
_SALUTATIONS = ("subject:", "dear ", "hi [", "hello [")
_LETTER = re.compile(
    rf"^(?:{'|'.join(map(re.escape, _SALUTATIONS))}).*?"
    r"(?:^(?:sincerely|(?:best|kind|warm) (?:regards|wishes)|regards|yours|best,)|\Z)",
    re.S | re.M,
)
_EMPHASIS = str.maketrans("", "", '*"“”')
_CANNOT = r"(?: (?:cannot|can't|can not|won't|will not)|(?: am|'m| was) (?:un|not )able to)"
_ADVERBS = r"(?:\w+ly |also |just |even |in good conscience )*"
_AI = (
    r"(?:[\w-]+ ){0,3}?(?:ai|a\.i\.|artificial intelligence|language model|chatbot|chat bot"
    r"|(?:virtual|digital|automated) assistant|computer program|llm)\b"
)
_WHO = (
    r"(?:professionals?|doctors?|physicians?|lawyers?|attorneys?|solicitors?|therapists?"
    r"|counsel+ors?|psychologists?|psychiatrists?|veterinarians?|vets?|pharmacists?|accountants?"
    r"|advis[eo]rs?|dentists?|dermatologists?|dietitians?|nutritionists?|electricians?|plumbers?"
    r"|mechanics?|specialists?|experts?|technicians?|pediatricians?|(?:care|medical) providers?"
    r"|(?:local|relevant|proper|legal) authorit(?:y|ies)|law enforcement|poison control"
    r"|emergency services|(?:medical|legal|professional|financial) (?:help|advice|attention"
    r"|assistance|guidance|counsel|support|care))\b"
)
_MORE = r"(?:information|info|context|details?|specifics|clarification|data)\b"

_AT_A_WORD = {
    "refusal": (
        r"sorry,? (?:but|however)\b|(?:i apologi[sz]e|(?:my )?apologies)[^.!?\n]{0,40}?,? but\b",
        r"(?:sorry|apologi[sz]e)[^.!?\n]{0,40}[,.]? i" + _CANNOT,
        r"unfortunately,? i (?:can|could|do|am|was|have|don't|'m)",
        r"i" + _CANNOT + r" " + _ADVERBS + r"(?:assist|help (?!but|it\b|myself|\w+ing)|provide"
        r"|fulfil|comply|answer|generate|create|write|give (?!up|in\b)|offer|share|support|engage"
        r"|discuss|recommend|suggest|choose|pick|select|produce|complete|continue|condone|endorse"
        r"|promote|participate|respond|do (?:that|this)|advise|comment|speculate|describe|tell you"
        r"|decide for)",
        r"i (?:must|have to|need to|will|would|'ll|'d)(?: have to)?(?: respectfully| politely)? "
        r"(?:decline|refuse|(?:rather|prefer) not)\b",
        r"i(?:'m| am) not (?:comfortable|willing|allowed|permitted|authorized|going to)\b",
        r"i (?:don't|do not|wouldn't|would not) (?:feel comfortable|recommend|advise|condone"
        r"|endorse|encourage|think (?:it|that) (?:is|would be|'s) (?:appropriate|ethical|wise))",
        r"i (?:\w+ )?(?:advise|caution|recommend) against\b",
        r"i(?:'m| am) afraid,? (?:that )?(?:i|that|this|it|there|we)\b|not something (?:that )?i"
        r"|i(?:'m| am) not in a position|i (?:prefer|choose) not to\b|i don't think i can\b",
        r"(?:inappropriate|unethical|not (?:appropriate|ethical|possible)) for me to\b",
        r"against (?:my|our) (?:\w+ ){0,2}(?:programming|guidelines|principles|polic|values"
        r"|purpose)",
        r"(?:all|only) (?:\w+ )?(?:that )?i can (?:say|tell|give|offer|share|provide|disclose)\b",
    ),
    "disclaimer": (
        r"(?:outside|beyond) (?:of )?(?:the (?:scope|limits) of )?(?:what i (?:can"
        r"|am able)\b|my\b)",
        r"i (?:aim|try|strive) to (?:be|remain|stay) (?:\w+(?:,| and) )*(?:balanced|neutral"
        r"|objective|impartial|unbiased|direct|honest|transparent)\b",
        r"i (?:don't|do not) have (?:[\w-]+ ){0,3}?(?:list|database|way|answer)\b",
        r"i (?:don't|do not) (?:\w+ly )?have (?:an? |any )?(?:personal|physical|human|favou?rite)",
        r"i(?:'m| am) (?:currently )?(?:unable|not able) to\b|i (?:cannot|can't) (?:physically"
        r"|technically|actually|literally|truly|directly|really) \w+|i (?:cannot"
        r"|can't) see (?:what|any|your|the)\b",
        r"i was (?:trained|programmed|designed|created) (?:by|to|on)\b|my (?:creators|developers)",
        r"(?:i|ai(?: language)? models?) (?:lack|(?:don't|do not|cannot|can't|didn't) "
        + _ADVERBS
        + r"(?:have|possess|experience|hold|form|feel|retain|store))\b(?: [\w-]+,?){0,4}?"
        r" (?:ability|access|feelings?|emotions?|opinions?|preferences?|beliefs?|consciousness"
        r"|information|knowledge|experiences?|capabilit|favou?rites?|body|bodies|real[- ]time"
        r"|up-to-date|senses|details|records?|memor|data|context)",
        r"i have no (?:personal|way|access|information|knowledge|record|ability|means|opinion"
        r"|preference|memory|physical)",
        r"i(?:'m| am) not (?:actually )?an? (?:\w+ ){0,3}?(?:human|person|" + _WHO + r")",
        r"i(?: (?:don't|do not|couldn't|could not)|"
        + _CANNOT
        + r") "
        + _ADVERBS
        + r"(?:browse|access|view|see (?:images|pictures|the"
        r" image)|open|verify|confirm|guarantee|predict|display|play (?:audio|sounds|music)|hear"
        r"|draw|send|roll|flip|find (?:any|much|specific)|recall|interact|perform|execute|search"
        r"|be certain|be sure|analyze)",
        r"as of (?:my|the) (?:last|latest|most recent|knowledge|training)",
        r"(?:as of|up to|until) my (?:\w+ )?(?:knowledge|training|update)|knowledge cut-?off",
        r"my (?:\w+ ){0,2}?(?:training data|knowledge (?:is|was|ends|only)|limitations"
        r"|programming|capabilities (?:are|do)|last (?:\w+ )?update)",
        r"beyond my (?:\w+ )?(?:capabilit|abilit|scope|knowledge|expertise)",
        r"i(?:'m| am) limited\b|limited (?:in|by) my\b|outside (?:of )?my (?:\w+ )?expertise",
        r"i(?:'m| am) not (?:aware of|familiar with|capable of|programmed|designed|equipped)",
    ),
    "referral": (
        r"err on the side of caution\b|for (?:your )?(?:own )?(?:safety|security)(?:,| reasons)",
        r"(?:be (?:very |extremely )?careful|take care) (?:when|with|not to|while)\b"
        r"|to (?:avoid|prevent) (?:accident|injur|burns)"
        r"|(?:follow|following|observe|practice) (?:\w+ ){0,2}safety\b",
        r"(?:important|best|recommended|wise|advisable|good idea|should|always|please) (?:to )?"
        r"(?:\w+ly )?(?:verify|double-check|fact-check|be cautious)\b",
        r"(?:check|verify|refer to|confirm|consult)(?:ing)?(?: \w+){0,3} (?:latest|official"
        r"|current"
        r"|most recent|up-to-date|reliable|reputable)(?: [\w-]+){0,3} (?:information|news|sources?"
        r"|(?:web)?sites?|guidelines|advisories|requirements|regulations|updates|data)\b",
        r"(?:use|do|exercise) your own (?:judg|discretion|research)|encourage you to (?:verify"
        r"|consult|seek|speak|talk|reach)|(?:fact|double)-check (?:any|the|this|all) information",
        r"not (?:be )?(?:suitable|right|appropriate|safe) for everyone",
        r"(?:consult|consulting|seek|seeking|contact|contacting)(?: \w+)?(?: with| from| of)?"
        r"(?: [\w'/-]+,?){0,6}? " + _WHO,
        r"(?:speak|speaking|talk|talking|check|checking|discuss (?:it|this)|reach out"
        r"|reaching out) (?:with|to)(?: [\w'/-]+){0,4}? " + _WHO,
        r"(?:see|ask|visit|call)(?: an?| your)(?: [\w'/-]+){0,2}? " + _WHO,
        r"(?:exercise|use|using|take|with|proceed with) (?:\w+ )?caution\b",
        r"at your own risk|disclaimer\b|(?:hotline|helpline|lifeline)\b",
        r"for (?:\w+ )?(?:informational|educational|entertainment|illustrative)(?: and \w+)?"
        r" purposes",
        r"(?:not|n't|no)(?: \w+){0,4}? (?:substitute for|constitute|replace|replacement for)\b"
        r"[^.\n]{0,40}\b(?:advice|professional|diagnosis|treatment)",
        r"not (?:\w+ ){0,2}?(?:legal|medical|financial|investment|professional|tax) advice",
        r"safety (?:first|is (?:paramount|important)|should always)|prioriti[sz]e (?:your )?"
        r"safety|(?:take|follow)(?: \w+){0,2} (?:safety )?precautions\b",
        r"(?:check|follow|comply with|research|aware of|familiar with|abide by)(?: \w+){0,3} "
        r"(?:local|applicable|relevant)(?: \w+){0,2} (?:laws?|regulations|authorities|ordinances)",
        r"if you(?:'re| are)(?: \w+){0,3} (?:struggling|suicidal|in crisis)"
        r"|thoughts of (?:harming|suicide|self)",
    ),
    "unsure": (
        r"(?:is|there's) no (?:\w+ ){0,2}consensus\b",
        r"tell me (?:a (?:bit|little) )?more\b|(?:i|i'll|i'd|i will"
        r"|i would) need (?:to know )?"
        r"(?:some|more|a bit|a few|additional|further|the)(?: \w+){0,2} " + _MORE,
        r"(?:cannot|can't) (?:definitively|accurately|reliably)\b"
        r"|(?:is|be) (?:unfair|misleading|irresponsible) to\b",
        r"to the best of my knowledge\b|as far as i know\b|if i'm not mistaken\b",
        r"(?:could|can) you (?:please )?(?:tell|give) me (?:a bit |a little )?more\b"
        r"|you (?:haven't|have not|didn't|did not) (?:\w+ )?(?:specif|provid|mention|includ"
        r"|give)|there (?:seems|appears) to be (?:an? |some )?(?:\w+ )?(?:typo|confusion"
        r"|misunderstanding|mistake|error|missing)",
        r"(?:isn't|is not|there's no|is no)(?: an?| any| one)? (?:single|definitive|one-size)\b",
        r"(?:it|that|this|is|be|question|task)(?:'s| is| was| would be| can be| may be)?"
        r"(?: (?!more|makes?)\w+){0,2}? (?:impossible|difficult|hard|challenging|tough|tricky"
        r"|not possible)(?: task| question)?(?: for me)? to (?:\w+ly )?(?:say|predict"
        r"|determine|know"
        r"|give|provide|answer|pick|choose|pinpoint|name|estimate|calculate|tell|declare|narrow"
        r"|rank|single out|be (?:sure|certain)|assess|quantify|state|identify|count|measure)\b",
        r"(?:question|request|prompt|statement|sentence|query|input|message|context|text"
        r"|it)(?: is|'s| seems| appears)(?: to be| like)?(?: \w+){0,3}? (?:unclear|incomplete"
        r"|ambiguous|vague|underspecified|nonsensical|not (?:entirely )?clear|cut off"
        r"|difficult to answer|hard to answer|uncertain)",
        r"i(?:'m| am) (?:not|un)(?: \w+ly| quite| too| 100%)? ?(?:sure|certain|clear) (?:what"
        r"|which|how|about|if|whether|who|where|why|i understand|exactly|of)",
        r"(?:could|can|would|will) you (?:please |kindly |also )?(?:clarify|specify|elaborate"
        r"|rephrase|(?:provide|give|share|tell)(?: me)?(?: with)?(?: an?| the| any| some)?"
        r"(?: bit| little)? ?(?:more|additional|further|specific)?(?: \w+){0,2} ?" + _MORE + ")",
        r"(?<!\()please (?:clarify|specify|rephrase|(?:provide|share|give)(?: me)?(?: with)?"
        r" (?:more|some|additional|further|the (?:text|sentence|article|paragraph|code|question"
        r"|passage|document|content|information|details|context)))",
        r"(?:(?<!you )(?:need|require)(?: for)?|without)(?: to know| a bit| a little"
        r"| some| any)? (?:more|additional|further)(?: specific)? " + _MORE,
        _MORE + r" (?:is|are|would be) (?:required|necessary|missing)",
        r"(?:i|we|you|it|question|prompt|text|statement|problem)(?: \w+)? (?:don't|do not|doesn't"
        r"|does not|didn't|did not|haven't|have not|is not|isn't)(?: \w+)? (?:have|provided?"
        r"|given?|contain|include)?(?: me)?(?: with)? ?(?:enough|sufficient|any"
        r"|much)(?: \w+){0,2} " + _MORE,
        r"(?:insufficient|not enough|lack of) (?:information|context|details?)\b",
        r"you(?:'d| would|'ll| will) need to (?:\w+ )?(?:specify|clarify|give me|tell me"
        r"|provide (?:me|more|additional|further))",
        r"(?:exact|precise|definitive)[^.\n]{0,60} (?:is|are|was)(?: \w+)? (?:impossible"
        r"|difficult|hard|challenging|unknown|not known)\b",
        r"(?:cannot|can't|can not) be (?:\w+ly )?(?:determined|calculated|guaranteed|answered"
        r"|known|verified)\b",
        r"(?:it|i|we) (?:cannot|can't|can not) (?:be (?:sure|certain)|determine|know (?:for sure"
        r"|for certain|exactly)|say (?:for sure|for certain|with certainty))",
        r"no (?:reliable |official |specific |definitive )?(?:information"
        r"|data) (?:is )?(?:available|about|on)\b|(?:does not|doesn't) have an? (?:single"
        r"|definitive|simple|clear|straightforward|one)",
        r"(?:is|there's) no (?:one |single |definitive |definite |universal(?:ly)? |clear "
        r"|simple |objective(?:ly)? |straightforward |\"?\w+\"? ){1,4}(?:answer|consensus"
        r"|response|winner|choice|ranking)",
        r"no (?:way to know|way of knowing|guarantee|right or wrong)\b|no single \"?best\b",
        r"(?:information|this|list|data|it|these|answer|they|figures|links?|numbers|response)"
        r"(?: i \w+)? (?:may|might) not(?: always)? be (?:\w+ly )?(?:accurate|up[- ]to[- ]date"
        r"|current|complete|reliable|correct)",
        r"i could be wrong|i may be (?:wrong|mistaken)",
    ),
    "hedge": (
        r"(?:opinions?|tastes|preferences|views)(?: \w+){0,4}? (?:(?:may|might|can|will"
        r"|could) )?(?:vary|differ)\b",
        r"illustrative (?:rather|only|and not)\b|rather than exhaustive\b",
        r"(?:rough|ballpark) (?:\w+ )?(?:estimates?|approximations?|guess|calculation"
        r"|figures?)\b|only an? (?:\w+ )?(?:estimate|approximation|guess)",
        r"(?:exact|actual) (?:[\w-]+ ){1,5}?(?:may|might|could) (?:\w+ )?(?:vary|differ|change)\b",
        r"note:[^\n]{0,160}\b(?:(?:may|might|could) (?:vary|not|differ|change)"
        r"|approximat\w*|estimate)",
        r"(?:these|this|they) (?:are|is) (?:\w+ ){0,2}?(?:hypothetical|estimates?"
        r"|approximations?|generali[sz]ations?)\b|actual (?:\w+ )?(?:\w+) (?:could|may|might"
        r"|will|can) (?:have )?(?:differ|vary|be different)",
        r"there are (?:\w+ )?(?:many|various|different|differing|multiple|varying) (?:\w+ )?"
        r"(?:opinions|perspectives|viewpoints|views)\b|have (?:different|varying|differing)"
        r" (?:opinions|views|preferences|tastes)\b",
        r"i must (?:clarify|emphasi[sz]e|stress|point out|note|inform|caution|warn)\b"
        r"|(?:not|by no means) (?:an )?exhaustive\b",
        r"(?:important|worth|essential|crucial|vital|necessary|critical|worthwhile|imperative"
        r"|fair|helpful)(?: for \w+)? to (?:\w+ )?(?:note|remember|recogni[sz]e|acknowledge"
        r"|keep in mind|bear in mind|be aware|mention|clarify|understand that|point out"
        r"|emphasi[sz]e"
        r"|consider (?:that|both|all|multiple|different|the context)|approach|say that)",
        r"worth (?:noting|mentioning|remembering|pointing out|considering that)",
        r"please (?:also )?(?:note|be aware|remember(?! to\b)|keep in|bear in|understand"
        r"|be advised|consider that)",
        r"(?<!to )(?:keep|bear)(?: this| that)? in mind\b|with a grain of salt\b"
        r"|remember that this\b",
        r"(?:should|must) be noted\b|(?:do|also) note that\b|note that this is\b|caveats?\b"
        r"|i should (?:also )?(?:mention|note|point out|clarify)\b",
        r"(?:is|are|be|being|'s|it's)(?: (?!the\b|an?\b|some\b|few\b|of\b)[\w-]+){0,2}?"
        r" (?:subjective|speculative)\b(?! (?:case|pronoun))|subjective (?:task|question"
        r"|matter|topic|one)\b",
        r"matter of (?:personal |individual )?(?:opinion|preference|taste|debate|perspective"
        r"|interpretation)\b",
        r"(?:opinions?|experiences?|results|preferences|tastes|mileage)(?: on \w+)?(?: may"
        r"| might| can| will| could|)(?: also)? (?:vary|differ|change)\b",
        r"(?:vary|varies|differ|differs|change|depends?|depending)(?: \w+ly)?(?: based)? "
        r"(?:from person to person|on(?: your| the| an| each)? ?(?:individual|personal|person\b))",
        r"this is (?:just |only |merely |simply |all )*(?:an? )?(?:(?:very|rather|highly) )?"
        r"(?:simplification|simplified|rough|conceptual|hypothetical|oversimplif|approximat)",
        r"(?:are|is) not (?:directly |necessarily )?(?:sourced|exhaustive)\b",
    ),
}
_ELSEWHERE = {
    r"(?:^|\n)\W{0,6}(?:warning|caution|safety note)s?:": (
        "referral",
        ("warning", "caution", "safety note"),
    ),
    r"\A[^\n]{0,200}\bto (?:give|provide|offer|suggest)[^.!?\n]{0,60}"
    r"(?:tell me|let me know|i need)": (
        "unsure",
        ("tell me", "let me know", "i need"),
    ),
    r"^\W{0,6}(?:(?:hard|difficult|tough|impossible) to|i (?:don't|do not) know)\b": (
        "unsure",
        (" to", " know"),
    ),
}
"""Of other phrases the kind, and words of which a text holds one where it holds the phrase."""


_OPENINGS = (
    "'s_ abi act adv aga ai_ all als alw ans apo are as_ ask at_ awa bal be' be_ bea bei bes bey "
    "by_ cal can cav cha che cla com con cou cri cru dat def dep det dif dis do_ doe dou enc err "
    "ess exa exe exp fac fai fam fig fol for goo hav hel hot i'd i'l i'm i_' i_. i_a i_b i_c i_d "
    "i_e i_f i_g i_h i_i i_j i_k i_l i_m i_n i_o i_p i_q i_r i_s i_t i_u i_v i_w i_x i_y i_z if_ "
    "ill imp ina inf inp ins is' is_ isn it' it_ kee kno lac lif lim lin lis mat mes mil mus my_ "
    "n't nec nee no_ not num obs onl opi out ple pra pre pri pro que rat rea rec ref rem req res "
    "rou saf see sen sho sor spe sta sub tak tal tas tel tex tha the thi tho to_ une unf unt up_ "
    "use usi var ver vie vis vit we_ wil wis wit wor wou you "
)
"""The three characters that any of these phrases can begin with; _ is a space, . a mark."""

_AI_OPENINGS = "as_ bei i'm i_a"
"""Those of `_AS_AN_AI`."""


@lru_cache
def _says(*kinds: str) -> re.Pattern[str]:
    """What any of these kinds is told by.

    One pass over the words: behind one \\b, an alternative with another first letter costs nothing.
    """
    elsewhere = (phrase for phrase, (kind, _) in _ELSEWHERE.items() if kind in kinds)
    return re.compile("|".join((_at_a_word(*kinds), *elsewhere)))


def _at_a_word(*kinds: str) -> str:
    """Return the phrases of some kinds that begin at a word, as one expression."""
    phrases = "|".join(phrase for kind in kinds for phrase in _AT_A_WORD[kind])
    return rf"\b(?=[a-z'])(?:{phrases})"


@lru_cache
def _elsewhere() -> list[tuple[Callable[[str], object], tuple[str, ...]]]:
    """Return what finds each other phrase, and words of which a text then holds one."""
    # a search for what stands at the very beginning would look for it everywhere
    return [
        (re.compile(x).match if x.startswith(("^", r"\A")) else re.compile(x).search, held)
        for x, (_, held) in _ELSEWHERE.items()
    ]


_AS_AN_AI = re.compile(
    r"\b(?:as|being|i(?:'m| am)(?: just| only| merely| simply| actually)?) an? " + _AI
)


def _own_voice(text: str) -> str:
    """What the output says itself, in lower case and without emphasis."""
    own = text.lower().replace("’", "'")
    if '"' in own or "“" in own or "```" in own:
        own = _NOT_ITS_OWN.sub(" ", own)
    return own.translate(_EMPHASIS)


def _without_letters(own: str) -> str:
    """Take out what is written for somebody else."""
    return _LETTER.sub(" ", own) if any(map(own.__contains__, _SALUTATIONS)) else own


def declines(text: str) -> bool:
    """Say whether the kind of an output's caution is ``refusal``; the other kinds are not read.

    >>> declines("I'm sorry, but I can't help with that."), declines("Please note: it is hot.")
    (True, False)
    """
    return bool(_says("refusal").search(_without_letters(_own_voice(text))))


def caution_kind(text: str) -> str | None:
    """Say in what way an output is cautious: one of `KINDS`, or None.

    >>> caution_kind("I'm sorry, but I can't help with that.")
    'refusal'
    >>> caution_kind("It could rain tomorrow; she said: \\"I can't help you.\\"") is None
    True
    """
    own = _own_voice(text)
    bare = _without_letters(own)
    kind = next((kind for kind in KINDS if _says(kind).search(bare)), None)
    if kind != "refusal" and _AS_AN_AI.search(own):  # in a letter, too, it writes as itself
        return "disclaimer"
    return kind


@lru_cache(maxsize=1 << 13)
def is_cautious(text: str) -> bool:
    """Say whether an output hedges or refuses, in any way that :func:`caution_kind` tells."""
    own = _own_voice(text)
    return bool(_AS_AN_AI.search(own) or _says(*KINDS).search(_without_letters(own)))


def cautious(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Say of each output whether it hedges or refuses.

    Parameters
    ----------
    texts : (n,) texts

    Returns
    -------
    (n,) bool

    Examples
    --------
    >>> cautious(["As an AI, I don't have a favourite.", "Paris.", ""]).tolist()
    [True, False, False]
    """
    loops = choice.loops(sum(map(len, texts)))
    if loops is None:
        return np.array([is_cautious(text) for text in texts], np.bool_)
    parts = [_cautious(batch, loops) for _, batch in tokens.batches(texts)]
    return np.concatenate([np.zeros(0, np.bool_), *parts])


def _cautious(texts: Sequence[str], loops: ModuleType) -> NDArray[np.bool_]:
    """Say the same by trying the phrases only where one of them can begin."""
    own = [_own_voice(text) for text in texts]
    bare = [_without_letters(text) for text in own]
    found = np.zeros(len(bare), np.bool_)
    for find, held in _elsewhere():
        for i, text in enumerate(bare):
            if any(map(text.__contains__, held)) and find(text):
                found[i] = True
    at_a_word = re.compile(_at_a_word(*KINDS))  # kept by re itself
    for phrases, voices, begun in ((_AS_AN_AI, own, _AI_OPENINGS), (at_a_word, bare, _OPENINGS)):
        points, starts = tokens.points_of(voices)
        rows, places = loops.openings(points, starts, _three(begun))
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            if not found[row] and phrases.match(voices[row], place):
                found[row] = True
    return found


@lru_cache
def _three(openings: str) -> NDArray[np.uint8]:
    """Which three characters a phrase begins with, as the compiled loop numbers them."""
    some = np.zeros(1 << 15, np.uint8)
    code = {chr(ord("a") + k): k + 1 for k in range(26)} | {"'": 27, "_": 28, ".": 0}
    for three in openings.split():
        first, second, third = (code[char] for char in three)
        some[first << 10 | second << 5 | third] = 1
    return some
