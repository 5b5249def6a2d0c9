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
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fullmenu.text.tokens import batches
from fullmenu.views._literals import Guarded, Screen

KINDS = ("refusal", "disclaimer", "referral", "unsure", "hedge")

SEES = "set phrases of refusal, disclaimer, referral, doubt and hedging, in English"
BLIND = "caution in other words or other languages, and whether it was called for"

_NOT_ITS_OWN = re.compile(
    r"```.*?(?:```|\Z)"
    r"|[\"“][^\"“”\s]+(?: [^\"“”\s]+){2,80}[\"”]",  # three words or more: a quotation
    re.S,
)
_LETTER = re.compile(
    r"^(?:subject:|dear |hi \[|hello \[).*?"
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

_PATTERNS = {
    "refusal": (
        r"\bsorry,? (?:but|however)\b|\b(?:i apologi[sz]e"
        r"|(?:my )?apologies)[^.!?\n]{0,40}?,? but\b",
        r"\b(?:sorry|apologi[sz]e)[^.!?\n]{0,40}[,.]? i" + _CANNOT,
        r"\bunfortunately,? i (?:can|could|do|am|was|have|don't|'m)",
        r"\bi" + _CANNOT + r" " + _ADVERBS + r"(?:assist|help (?!but|it\b|myself|\w+ing)|provide"
        r"|fulfil|comply|answer|generate|create|write|give (?!up|in\b)|offer|share|support|engage"
        r"|discuss|recommend|suggest|choose|pick|select|produce|complete|continue|condone|endorse"
        r"|promote|participate|respond|do (?:that|this)|advise|comment|speculate|describe|tell you"
        r"|decide for)",
        r"\bi (?:must|have to|need to|will|would|'ll|'d)(?: have to)?(?: respectfully| politely)? "
        r"(?:decline|refuse|(?:rather|prefer) not)\b",
        r"\bi(?:'m| am) not (?:comfortable|willing|allowed|permitted|authorized|going to)\b",
        r"\bi (?:don't|do not|wouldn't|would not) (?:feel comfortable|recommend|advise|condone"
        r"|endorse|encourage|think (?:it|that) (?:is|would be|'s) (?:appropriate|ethical|wise))",
        r"\bi (?:\w+ )?(?:advise|caution|recommend) against\b",
        r"\bi(?:'m| am) afraid,? (?:that )?(?:i|that|this|it|there|we)\b"
        r"|\bnot something (?:that )?i"
        r"|\bi(?:'m| am) not in a position|\bi (?:prefer|choose) not to\b|\bi don't think i can\b",
        r"\b(?:inappropriate|unethical|not (?:appropriate|ethical|possible)) for me to\b",
        r"\bagainst (?:my|our) (?:\w+ ){0,2}(?:programming|guidelines|principles|polic|values"
        r"|purpose)",
        r"\b(?:all|only) (?:\w+ )?(?:that )?i can (?:say|tell|give|offer|share|provide"
        r"|disclose)\b",
    ),
    "disclaimer": (
        r"\b(?:outside|beyond) (?:of )?(?:the (?:scope|limits) of )?(?:what i (?:can"
        r"|am able)\b|my\b)",
        r"\bi (?:aim|try|strive) to (?:be|remain|stay) (?:\w+(?:,| and) )*(?:balanced|neutral"
        r"|objective|impartial|unbiased|direct|honest|transparent)\b",
        r"\bi (?:don't|do not) have (?:[\w-]+ ){0,3}?(?:list|database|way|answer)\b",
        r"\bi (?:don't|do not) (?:\w+ly )?have (?:an? |any )?(?:personal|physical|human"
        r"|favou?rite)",
        r"\bi(?:'m| am) (?:currently )?(?:unable|not able) to\b|\bi (?:cannot|can't) (?:physically"
        r"|technically|actually|literally|truly|directly|really) \w+|\bi (?:cannot"
        r"|can't) see (?:what"
        r"|any|your|the)\b",
        r"\bi was (?:trained|programmed|designed|created) (?:by|to|on)\b|\bmy (?:creators"
        r"|developers)",
        r"\b(?:i|ai(?: language)? models?) (?:lack|(?:don't|do not|cannot|can't|didn't) "
        + _ADVERBS
        + r"(?:have|possess|experience|hold|form|feel|retain|store))\b(?: [\w-]+,?){0,4}?"
        r" (?:ability|access|feelings?|emotions?|opinions?|preferences?|beliefs?|consciousness"
        r"|information|knowledge|experiences?|capabilit|favou?rites?|body|bodies|real[- ]time"
        r"|up-to-date|senses|details|records?|memor|data|context)",
        r"\bi have no (?:personal|way|access|information|knowledge|record|ability|means|opinion"
        r"|preference|memory|physical)",
        r"\bi(?:'m| am) not (?:actually )?an? (?:\w+ ){0,3}?(?:human|person|" + _WHO + r")",
        r"\bi(?: (?:don't|do not|couldn't|could not)|"
        + _CANNOT
        + r") "
        + _ADVERBS
        + r"(?:browse|access|view|see (?:images|pictures|the"
        r" image)|open|verify|confirm|guarantee|predict|display|play (?:audio|sounds|music)|hear"
        r"|draw|send|roll|flip|find (?:any|much|specific)|recall|interact|perform|execute|search"
        r"|be certain|be sure|analyze)",
        r"\bas of (?:my|the) (?:last|latest|most recent|knowledge|training)",
        r"\b(?:as of|up to|until) my (?:\w+ )?(?:knowledge|training|update)|\bknowledge cut-?off",
        r"\bmy (?:\w+ ){0,2}?(?:training data|knowledge (?:is|was|ends|only)|limitations"
        r"|programming"
        r"|capabilities (?:are|do)|last (?:\w+ )?update)",
        r"\bbeyond my (?:\w+ )?(?:capabilit|abilit|scope|knowledge|expertise)",
        r"\bi(?:'m| am) limited\b|\blimited (?:in|by) my\b"
        r"|\boutside (?:of )?my (?:\w+ )?expertise",
        r"\bi(?:'m| am) not (?:aware of|familiar with|capable of|programmed|designed|equipped)",
    ),
    "referral": (
        r"\berr on the side of caution\b|\bfor (?:your )?(?:own )?(?:safety|security)(?:,"
        r"| reasons)",
        r"\b(?:be (?:very |extremely )?careful|take care) (?:when|with|not to|while)\b"
        r"|\bto (?:avoid|prevent) (?:accident|injur|burns)"
        r"|\b(?:follow|following|observe|practice) (?:\w+ ){0,2}safety\b",
        r"\b(?:important|best|recommended|wise|advisable|good idea|should|always|please) (?:to )?"
        r"(?:\w+ly )?(?:verify|double-check|fact-check|be cautious)\b",
        r"\b(?:check|verify|refer to|confirm|consult)(?:ing)?(?: \w+){0,3} (?:latest|official"
        r"|current"
        r"|most recent|up-to-date|reliable|reputable)(?: [\w-]+){0,3} (?:information|news|sources?"
        r"|(?:web)?sites?|guidelines|advisories|requirements|regulations|updates|data)\b",
        r"\b(?:use|do|exercise) your own (?:judg|discretion|research)|\bencourage you to (?:verify"
        r"|consult|seek|speak|talk|reach)|\b(?:fact|double)-check (?:any|the|this"
        r"|all) information",
        r"\bnot (?:be )?(?:suitable|right|appropriate|safe) for everyone",
        r"(?:^|\n)\W{0,6}(?:warning|caution|safety note)s?:",
        r"\b(?:consult|consulting|seek|seeking|contact|contacting)(?: \w+)?(?: with| from| of)?"
        r"(?: [\w'/-]+,?){0,6}? " + _WHO,
        r"\b(?:speak|speaking|talk|talking|check|checking|discuss (?:it|this)|reach out"
        r"|reaching out) (?:with|to)(?: [\w'/-]+){0,4}? " + _WHO,
        r"\b(?:see|ask|visit|call)(?: an?| your)(?: [\w'/-]+){0,2}? " + _WHO,
        r"\b(?:exercise|use|using|take|with|proceed with) (?:\w+ )?caution\b",
        r"\bat your own risk|\bdisclaimer\b|\b(?:hotline|helpline|lifeline)\b",
        r"\bfor (?:\w+ )?(?:informational|educational|entertainment|illustrative)(?: and \w+)?"
        r" purposes",
        r"\b(?:not|n't|no)(?: \w+){0,4}? (?:substitute for|constitute|replace|replacement for)\b"
        r"[^.\n]{0,40}\b(?:advice|professional|diagnosis|treatment)",
        r"\bnot (?:\w+ ){0,2}?(?:legal|medical|financial|investment|professional|tax) advice",
        r"\bsafety (?:first|is (?:paramount|important)|should always)|\bprioriti[sz]e (?:your )?"
        r"safety|\b(?:take|follow)(?: \w+){0,2} (?:safety )?precautions\b",
        r"\b(?:check|follow|comply with|research|aware of|familiar with|abide by)(?: \w+){0,3} "
        r"(?:local|applicable|relevant)(?: \w+){0,2} (?:laws?|regulations|authorities|ordinances)",
        r"\bif you(?:'re| are)(?: \w+){0,3} (?:struggling|suicidal|in crisis)"
        r"|\bthoughts of (?:harming|suicide|self)",
    ),
    "unsure": (
        r"\A[^\n]{0,200}\bto (?:give|provide|offer|suggest)[^.!?\n]{0,60}(?:tell me"
        r"|let me know|i need)",
        r"\b(?:is|there's) no (?:\w+ ){0,2}consensus\b",
        r"\btell me (?:a (?:bit|little) )?more\b|\b(?:i|i'll|i'd|i will"
        r"|i would) need (?:to know )?"
        r"(?:some|more|a bit|a few|additional|further|the)(?: \w+){0,2} " + _MORE,
        r"\b(?:cannot|can't) (?:definitively|accurately|reliably)\b"
        r"|\b(?:is|be) (?:unfair|misleading|irresponsible) to\b",
        r"^\W{0,6}(?:hard|difficult|tough|impossible) to\b|\bto the best of my knowledge\b"
        r"|\bas far as i know\b|\bif i'm not mistaken\b",
        r"\b(?:could|can) you (?:please )?(?:tell|give) me (?:a bit |a little )?more\b"
        r"|\byou (?:haven't|have not|didn't|did not) (?:\w+ )?(?:specif|provid|mention|includ"
        r"|give)"
        r"|\bthere (?:seems|appears) to be (?:an? |some )?(?:\w+ )?(?:typo|confusion"
        r"|misunderstanding"
        r"|mistake|error|missing)",
        r"\b(?:isn't|is not|there's no|is no)(?: an?| any| one)? (?:single|definitive"
        r"|one-size)\b",
        r"\b(?:it|that|this|is|be|question|task)(?:'s| is| was| would be| can be| may be)?"
        r"(?: (?!more|makes?)\w+){0,2}? (?:impossible|difficult|hard|challenging|tough|tricky"
        r"|not possible)(?: task| question)?(?: for me)? to (?:\w+ly )?(?:say|predict"
        r"|determine|know"
        r"|give|provide|answer|pick|choose|pinpoint|name|estimate|calculate|tell|declare|narrow"
        r"|rank|single out|be (?:sure|certain)|assess|quantify|state|identify|count|measure)\b",
        r"\b(?:question|request|prompt|statement|sentence|query|input|message|context|text|it)"
        r"(?: is|'s| seems| appears)(?: to be| like)?(?: \w+){0,3}? (?:unclear|incomplete"
        r"|ambiguous"
        r"|vague|underspecified|nonsensical|not (?:entirely )?clear|cut off|difficult to answer"
        r"|hard to answer|uncertain)",
        r"\bi(?:'m| am) (?:not|un)(?: \w+ly| quite| too| 100%)? ?(?:sure|certain"
        r"|clear) (?:what|which"
        r"|how|about|if|whether|who|where|why|i understand|exactly|of)",
        r"\b(?:could|can|would|will) you (?:please |kindly |also )?(?:clarify|specify|elaborate"
        r"|rephrase|(?:provide|give|share|tell)(?: me)?(?: with)?(?: an?| the| any| some)?"
        r"(?: bit| little)? ?(?:more|additional|further|specific)?(?: \w+){0,2} ?" + _MORE + ")",
        r"(?<!\()\bplease (?:clarify|specify|rephrase|(?:provide|share|give)(?: me)?(?: with)?"
        r" (?:more|some|additional|further|the (?:text|sentence|article|paragraph|code|question"
        r"|passage|document|content|information|details|context)))",
        r"\b(?:(?<!you )(?:need|require)(?: for)?|without)(?: to know| a bit| a little| some"
        r"| any)? (?:more"
        r"|additional|further)(?: specific)? " + _MORE,
        r"\b" + _MORE + r" (?:is|are|would be) (?:required|necessary|missing)",
        r"\b(?:i|we|you|it|question|prompt|text|statement|problem)(?: \w+)? (?:don't|do not"
        r"|doesn't"
        r"|does not|didn't|did not|haven't|have not|is not|isn't)(?: \w+)? (?:have|provided?"
        r"|given?"
        r"|contain|include)?(?: me)?(?: with)? ?(?:enough|sufficient|any|much)(?: \w+){0,2} "
        + _MORE,
        r"\b(?:insufficient|not enough|lack of) (?:information|context|details?)\b",
        r"\byou(?:'d| would|'ll| will) need to (?:\w+ )?(?:specify|clarify|give me|tell me"
        r"|provide (?:me|more|additional|further))",
        r"\b(?:exact|precise|definitive)[^.\n]{0,60} (?:is|are|was)(?: \w+)? (?:impossible"
        r"|difficult"
        r"|hard|challenging|unknown|not known)\b",
        r"\b(?:cannot|can't|can not) be (?:\w+ly )?(?:determined|calculated|guaranteed|answered"
        r"|known|verified)\b",
        r"\b(?:it|i|we) (?:cannot|can't|can not) (?:be (?:sure|certain)|determine|know (?:for sure"
        r"|for certain|exactly)|say (?:for sure|for certain|with certainty))",
        r"\bno (?:reliable |official |specific |definitive )?(?:information|data) (?:is )?"
        r"(?:available|about|on)\b|\b(?:does not|doesn't) have an? (?:single|definitive"
        r"|simple|clear"
        r"|straightforward|one)",
        r"\b(?:is|there's) no (?:one |single |definitive |definite |universal(?:ly)? |clear "
        r"|simple "
        r"|objective(?:ly)? |straightforward |\"?\w+\"? ){1,4}(?:answer|consensus|response|winner"
        r"|choice|ranking)",
        r"\bno (?:way to know|way of knowing|guarantee|right or wrong)\b|\bno single \"?best\b",
        r"\b(?:information|this|list|data|it|these|answer|they|figures|links?|numbers|response)"
        r"(?: i \w+)? (?:may|might) not(?: always)? be (?:\w+ly )?(?:accurate|up[- ]to[- ]date"
        r"|current|complete|reliable|correct)",
        r"^\W{0,6}i (?:don't|do not) know\b|\bi could be wrong|\bi may be (?:wrong|mistaken)",
    ),
    "hedge": (
        r"\b(?:opinions?|tastes|preferences|views)(?: \w+){0,4}? (?:(?:may|might|can|will"
        r"|could) )?"
        r"(?:vary|differ)\b",
        r"\billustrative (?:rather|only|and not)\b|\brather than exhaustive\b",
        r"\b(?:rough|ballpark) (?:\w+ )?(?:estimates?|approximations?|guess|calculation"
        r"|figures?)\b"
        r"|\bonly an? (?:\w+ )?(?:estimate|approximation|guess)",
        r"\b(?:exact|actual) (?:[\w-]+ ){1,5}?(?:may|might|could) (?:\w+ )?"
        r"(?:vary|differ|change)\b",
        r"\bnote:[^\n]{0,160}\b(?:(?:may|might|could) (?:vary|not|differ|change)"
        r"|approximat\w*|estimate)",
        r"\b(?:these|this|they) (?:are|is) (?:\w+ ){0,2}?(?:hypothetical|estimates?"
        r"|approximations?"
        r"|generali[sz]ations?)\b|\bactual (?:\w+ )?(?:\w+) (?:could|may|might|will"
        r"|can) (?:have )?"
        r"(?:differ|vary|be different)",
        r"\bthere are (?:\w+ )?(?:many|various|different|differing|multiple|varying) (?:\w+ )?"
        r"(?:opinions|perspectives|viewpoints|views)\b|\bhave (?:different|varying|differing)"
        r" (?:opinions|views|preferences|tastes)\b",
        r"\bi must (?:clarify|emphasi[sz]e|stress|point out|note|inform|caution|warn)\b"
        r"|\b(?:not|by no means) (?:an )?exhaustive\b",
        r"\b(?:important|worth|essential|crucial|vital|necessary|critical|worthwhile|imperative"
        r"|fair|helpful)(?: for \w+)? to (?:\w+ )?(?:note|remember|recogni[sz]e|acknowledge"
        r"|keep in mind|bear in mind|be aware|mention|clarify|understand that|point out"
        r"|emphasi[sz]e"
        r"|consider (?:that|both|all|multiple|different|the context)|approach|say that)",
        r"\bworth (?:noting|mentioning|remembering|pointing out|considering that)",
        r"\bplease (?:also )?(?:note|be aware|remember(?! to\b)|keep in|bear in|understand"
        r"|be advised"
        r"|consider that)",
        r"\b(?<!to )(?:keep|bear)(?: this| that)? in mind\b|\bwith a grain of salt\b"
        r"|\bremember that this\b",
        r"\b(?:should|must) be noted\b|\b(?:do|also) note that\b|\bnote that this is\b"
        r"|\bcaveats?\b"
        r"|\bi should (?:also )?(?:mention|note|point out|clarify)\b",
        r"\b(?:is|are|be|being|'s|it's)(?: (?!the\b|an?\b|some\b|few\b|of\b)[\w-]+){0,2}?"
        r" (?:subjective|speculative)\b(?! (?:case|pronoun))|\bsubjective (?:task|question"
        r"|matter|topic|one)\b",
        r"\bmatter of (?:personal |individual )?(?:opinion|preference|taste|debate|perspective"
        r"|interpretation)\b",
        r"\b(?:opinions?|experiences?|results|preferences|tastes|mileage)(?: on \w+)?(?: may"
        r"| might| can| will| could|)(?: also)? (?:vary|differ|change)\b",
        r"\b(?:vary|varies|differ|differs|change|depends?"
        r"|depending)(?: \w+ly)?(?: based)? (?:from "
        r"person to person|on(?: your| the| an| each)? ?(?:individual|personal|person\b))",
        r"\bthis is (?:just |only |merely |simply |all )*(?:an? )?(?:(?:very|rather|highly) )?"
        r"(?:simplification|simplified|rough|conceptual|hypothetical|oversimplif|approximat)",
        r"\b(?:are|is) not (?:directly |necessarily )?(?:sourced|exhaustive)\b",
    ),
}
_AS_AN_AI = Guarded(
    r"\b(?:as|being|i(?:'m| am)(?: just| only| merely| simply| actually)?) an? " + _AI
)
_GUARDED = {kind: [Guarded(p) for p in _PATTERNS[kind]] for kind in KINDS}
_ALL = [p for kind in KINDS for p in _GUARDED[kind]]
_SCREEN = Screen(_ALL)


def _first(own: str) -> str | None:
    return next((kind for kind in KINDS if any(p.search(own) for p in _GUARDED[kind])), None)


def _own_voice(text: str) -> str:
    """What the output says itself, in lower case and without emphasis."""
    own = _NOT_ITS_OWN.sub(" ", text.lower().replace("’", "'"))
    return own.translate(_EMPHASIS)


def caution_kind(text: str) -> str | None:
    """Say in what way an output is cautious: one of `KINDS`, or None.

    Examples
    --------
    >>> caution_kind("I'm sorry, but I can't help with that.")
    'refusal'
    >>> caution_kind("It could rain tomorrow; she said: \\"I can't help you.\\"") is None
    True
    """
    own = _own_voice(text)
    kind = _first(_LETTER.sub(" ", own))
    if kind != "refusal" and _AS_AN_AI.search(own):  # in a letter, too, it writes as itself
        return "disclaimer"
    return kind


def is_cautious(text: str) -> bool:
    """Say whether an output hedges or refuses, as the module defines it."""
    return caution_kind(text) is not None


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
    found = np.zeros(len(texts), np.bool_)
    for start, batch in batches(texts):
        own = [_own_voice(text) for text in batch]
        bare = [_LETTER.sub(" ", text) for text in own]
        for i, maybe in enumerate(_SCREEN(bare)):
            tried = np.flatnonzero(maybe).tolist()
            hit = any(_ALL[p].search(bare[i]) for p in tried) or _AS_AN_AI.search(own[i])
            found[start + i] = hit
    return found
