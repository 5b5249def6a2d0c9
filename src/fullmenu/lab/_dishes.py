"""The tables of the demo restaurant: what it can cook, how it can say so, and who is asking.

A kitchen has 5 mains and 4 ways to prepare them; any main goes with any way, and side and finish
follow from the two. 10 kitchens make 200 dishes.
"""

from __future__ import annotations

from typing import NamedTuple


class Way(NamedTuple):
    """A preparation: one word for the title, what it tastes of, in full, and when it suits."""

    word: str
    taste: str
    full: str
    moods: frozenset[str]


class Kitchen(NamedTuple):
    """What one kitchen has; of its mains the last two hold no meat and no fish."""

    place: str
    mains: tuple[str, ...]
    ways: tuple[Way, ...]
    sides: tuple[str, ...]
    finishes: tuple[str, ...]


class Guest(NamedTuple):
    """A prompt: the request, the occasion it names, the mood that suits it, and the diet."""

    request: str
    occasion: str
    mood: str
    meatless: bool


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


def _kitchen(place: str, mains: str, ways: str, sides: str, finishes: str) -> Kitchen:
    read = []
    for line in ways.strip().splitlines():
        word, taste, full, moods = (part.strip() for part in line.split("|"))
        read.append(Way(word, taste, full, frozenset(moods.split())))
    return Kitchen(place, _list(mains), tuple(read), _list(sides), _list(finishes))


KITCHENS = (
    _kitchen(
        "Fez",
        "lamb shoulder; chicken thighs; sea bream; aubergine; butternut squash",
        """
        Braised | saffron and lemon | braised in a saffron broth with preserved lemon | warm
        Roasted | harissa and honey | roasted with harissa and a little honey | warm festive
        Baked | apricot and cinnamon | baked under a lid with apricots and cinnamon | festive
        Grilled | green chermoula | grilled over charcoal and dressed with green chermoula | light
        """,
        "buttered couscous; griddled flatbread; orange and olive salad; carrots with cumin;"
        "bulgur with parsley",
        "toasted almonds; a spoonful of yoghurt; fresh mint leaves; pomegranate seeds;"
        "a pinch of sumac",
    ),
    _kitchen(
        "Puglia",
        "sea bass; pork loin; chicken; fennel; courgettes",
        """
        Roasted | tomato and olives | roasted with cherry tomatoes, olives and oregano | warm light
        Braised | white wine and rosemary | braised in white wine with rosemary and garlic | warm
        Grilled | capers and parsley | grilled and spooned over with capers and parsley | light
        Baked | breadcrumbs and lemon | baked under a crust of breadcrumbs and lemon zest | festive
        """,
        "soft polenta; white beans in olive oil; crisp potatoes; bitter greens with garlic;"
        "shaved celery salad",
        "torn basil; fried sage leaves; a thread of olive oil; toasted pine nuts;"
        "a few chilli flakes",
    ),
    _kitchen(
        "Kyoto",
        "salmon; black cod; chicken; tofu; king oyster mushrooms",
        """
        Grilled | sweet miso | glazed with sweet miso and grilled until dark at the edges | festive
        Simmered | ginger and soy | simmered in soy and mirin with plenty of ginger | warm
        Poached | kombu | poached in a clear kombu broth with spring onion | warm light
        Seared | sesame and yuzu | seared in a sesame coat and dressed with yuzu | light festive
        """,
        "steamed rice; buckwheat noodles; quick-pickled cucumber; wilted spinach; radish salad",
        "crisp nori; pickled ginger; a few shiso leaves; a pinch of seven-spice; grated daikon",
    ),
    _kitchen(
        "Oaxaca",
        "pork shoulder; chicken; prawns; cauliflower; sweet potato",
        """
        Roasted | smoked chilli and orange | roasted with smoked chillies and orange | warm
        Braised | dark mole | braised in a dark mole of chillies, nuts and chocolate | warm festive
        Charred | lime and coriander | charred on a hot griddle with lime and coriander | light
        Simmered | tomatillo sauce | simmered in a green tomatillo sauce | warm light
        """,
        "black beans; corn tortillas; red rice; cabbage slaw; grilled corn",
        "pickled red onion; crumbled white cheese; slices of avocado; toasted pumpkin seeds;"
        "a wedge of lime",
    ),
    _kitchen(
        "Kerala",
        "lamb; chicken; hake; paneer; green beans",
        """
        Simmered | coconut and curry leaf | simmered in coconut milk with curry leaves | warm light
        Roasted | cumin and yoghurt | turned in spiced yoghurt and roasted at high heat | festive
        Braised | tomato and fenugreek | braised in a buttery tomato sauce with fenugreek | warm
        Fried | mustard seed and chilli | fried with mustard seeds and green chilli | light
        """,
        "cardamom rice; soft naan; yellow lentils; cucumber raita; lemon rice",
        "mango pickle; crisp shallots; coriander leaves; toasted coconut; a squeeze of lime",
    ),
    _kitchen(
        "Burgundy",
        "guinea fowl; chicken; trout; leeks; celeriac",
        """
        Braised | red wine and thyme | braised in red wine with thyme and onions | warm festive
        Roasted | mustard and tarragon | roasted with mustard, cream and tarragon | warm
        Poached | vermouth and herbs | poached gently with vermouth and spring herbs | light
        Baked | cider and apples | baked with cider, apples and a spoonful of cream | festive
        """,
        "smooth mashed potato; green lentils; fine beans with shallots; a leaf salad with walnuts;"
        "crusty bread",
        "chopped chives; toasted hazelnuts; a grating of nutmeg; crisp breadcrumbs; flat parsley",
    ),
    _kitchen(
        "Crete",
        "lamb; chicken; swordfish; aubergine; red peppers",
        """
        Grilled | oregano and lemon | grilled over the embers with oregano and lemon | light
        Baked | tomato and cinnamon | baked with tomatoes, onions and a stick of cinnamon | warm
        Roasted | thyme honey | roasted with thyme honey and whole cloves of garlic | festive
        Braised | dill and lemon | braised with dill, spring onions and lemon | warm light
        """,
        "lemon potatoes; buttered orzo; cucumber and tomato salad; warm pitta; wild greens",
        "crumbled feta; a few black olives; fresh mint; a spoonful of tzatziki; good olive oil",
    ),
    _kitchen(
        "Chiang Mai",
        "sea bass; chicken; prawns; firm tofu; pumpkin",
        """
        Simmered | green curry and lime leaf | simmered in green coconut curry with lime leaf | warm
        Fried | holy basil and chilli | fried in the wok with holy basil and chilli | warm light
        Grilled | lemongrass and palm sugar | grilled in a lemongrass and palm sugar glaze | festive
        Steamed | ginger and lime | steamed with ginger, lime and coriander | light
        """,
        "jasmine rice; rice noodles; green papaya salad; garlicky greens; sticky rice",
        "crushed peanuts; Thai basil; crisp shallots; sliced red chilli; crunchy bean sprouts",
    ),
    _kitchen(
        "Beirut",
        "lamb; chicken; red mullet; cauliflower; aubergine",
        """
        Roasted | lemon tahini | roasted until golden and finished with lemon tahini | light festive
        Braised | pomegranate and walnut | braised with pomegranate and walnuts | warm festive
        Grilled | sumac and onion | grilled with sumac and sweet onions | light
        Baked | spiced tomato | baked in a tomato sauce scented with allspice | warm
        """,
        "vermicelli rice; parsley tabbouleh; warm flatbread; smooth hummus; lentils with onions",
        "chopped pistachios; pickled turnip; a spoonful of labneh; toasted cumin;a few mint leaves",
    ),
    _kitchen(
        "Gothenburg",
        "salmon; cod; venison; beetroot; white cabbage",
        """
        Roasted | juniper and brown butter | roasted with juniper and brown butter | festive
        Baked | cream and horseradish | baked in cream with horseradish and dill | warm
        Grilled | sweet mustard and dill | grilled and brushed with sweet mustard and dill | light
        Braised | dark beer and allspice | braised in dark beer with allspice and bay | warm
        """,
        "new potatoes; buttered rye bread; pickled cucumber; mushroom barley;"
        "apple and fennel salad",
        "a few lingonberries; crisp fried onions; sprigs of watercress; toasted rye crumbs;"
        "chopped chives",
    ),
)

BESTSELLERS = (  # kitchen, main, way: each mood is suited by two of them, and so is every diet
    ("Kyoto", "king oyster mushrooms", "Seared"),
    ("Fez", "butternut squash", "Roasted"),
    ("Oaxaca", "sweet potato", "Simmered"),
)

# How to say it. The first of each list is the one that tasters like a little better.

LEADS = (
    "There is nothing quite like {dish}.",
    "For {occasion} I would choose {dish}.",
    "{Occasion} calls for {dish}.",
    "How about {dish}?",
    "Let me bring you {dish}.",
    "Our cook learned this in {place}: {dish}.",
    "{Dish}: people in {place} grow up on this.",
    "You could have {dish}.",
)

SERVES = (
    "It arrives with {side} and {finish}.",
    "Expect {side} next to it, then {finish}.",
    "{Side} on the side, {finish} to finish.",
    "We add {side} and, at the last moment, {finish}.",
    "{Finish} over the top, {side} close by.",
    "{Side} and {finish} complete the plate.",
)

CLOSINGS = (
    "Every bite is a celebration of flavour.",
    "Plates tend to come back empty.",
    "Shall I bring you a plate?",
    "It needs about twenty minutes.",
    "Order it before the next table does!",
    "A glass of cold cider goes well here.",
    "You will smell it before you see it.",
    "My grandmother would have approved.",
    "We sell out by nine most nights.",
    "Come hungry, and leave room for dessert.",
)

FORMS = (
    "**{title}**\n\n{lead}\n\n- {Side}\n- {Finish}\n\n{closing}",
    "{lead} {serve} {closing}",
    "{lead} {serve}\n\n{closing}",
    "From {place}: {dish}, {side} alongside and {finish} to finish the plate.",
    "{Main}\n{full}\n{side}\n{finish}\n\n{closing}",
    "A plate from {place}, in three parts:\n\n1. {Dish}\n2. {Side}\n3. {Finish}",
    "# {title}\n\n{serve} {closing}",
    "{title}. {Side}. {Finish}. Nothing more. {closing}",
    "{lead}\n\nWith it come:\n\n* {side}\n* {finish}",
    "{lead}\n\n{serve}\n\n{closing}",
)

_MOODS: dict[str, str] = {
    "warm": """
        Something warm for a rainy evening, please. | a rainy evening
        We walked through snow all day. What is there to eat? | a day in the snow
        I need comfort food, it has been a long week. | the end of a long week
        A Sunday lunch that takes its time. | a slow Sunday
        I am far from home and would like to feel less so. | an evening far from home
        What would you eat by an open fire? | an evening by the fire
        It is the first cold day of autumn. What do you suggest? | the first cold day of autumn
        A vegetarian supper for a stormy night. | a stormy night | meatless
        Four of us, all starving, and it is freezing outside. | a freezing night
        I came home soaked to the skin. Dinner? | a wet walk home
        Supper after the late shift, something soothing. | a late supper
        """,
    "light": """
        A light lunch for two. | a light lunch for two
        Something fresh for a hot day. | a hot day
        We are going to the theatre and want nothing heavy. | a night at the theatre
        Lunch in the garden, please. | lunch in the garden
        I have a meeting at two and must stay awake. | a working lunch
        Something without meat after the gym. | an hour at the gym | meatless
        Spring is here at last. Something bright? | the first day of spring
        We have been swimming in the sea all afternoon. | an afternoon in the sea
        I ate far too much yesterday. Something gentle? | the day after a feast
        A quick bite between two trains. | a stop between two trains
        A vegetarian dish for a summer evening. | a summer evening | meatless
        """,
    "festive": """
        It is our anniversary. What should we have? | an anniversary
        A birthday dinner for my mother. | a birthday dinner
        We have something to celebrate tonight. | a celebration
        My in-laws are coming, and they are hard to impress. | dinner with the in-laws
        One big dish for the middle of a long table. | a long table
        It is a first date. What would you serve? | a first date
        New Year's Eve, and there will be six of us. | New Year's Eve
        A vegetarian centrepiece for a small wedding. | a small wedding | meatless
        She has passed her exams! | the end of exams
        """,
    "any": """
        Surprise me. | an evening of surprises
        What is good today? | a day like today
        I want to taste something I do not know yet. | an adventurous evening
        No meat and no fish, please. The rest is up to you. | a meatless evening | meatless
        I cannot decide. You choose. | an undecided evening
        """,
}


def _guests() -> tuple[Guest, ...]:
    guests = []
    for mood, lines in _MOODS.items():
        for line in lines.strip().splitlines():
            request, occasion, *diet = (part.strip() for part in line.split("|"))
            guests.append(Guest(request, occasion, mood, bool(diet)))
    return tuple(guests)


GUESTS = _guests()
