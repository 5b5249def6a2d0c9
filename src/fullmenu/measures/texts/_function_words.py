"""English words of grammar: what stays when the words of content are taken out of a sentence."""

_WORDS = """
a an the this that these those such same other another each every either neither both all any some
no none few many much more most less least several enough
i me my mine myself we us our ours ourselves you your yours yourself yourselves
he him his himself she her hers herself it its itself they them their theirs themselves one
who whom whose which what where when why how whatever whoever whichever wherever whenever
and or but nor so yet if then else than as because since unless until while whereas although though
whether of in on at by for from to into onto out off up down over under above below between among
through throughout during before after about against around along across behind beside besides
beyond near toward towards upon via with within without per despite except like unlike
be am is are was were been being have has had having do does did doing done
can could will would shall should may might must ought cannot
not never there here now also too very just only even still already again ever quite rather
isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't couldn't won't wouldn't
shouldn't mustn't needn't i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd
she'll it's it'd it'll we're we've we'd we'll they're they've they'd they'll that's there's here's
what's who's where's how's let's
"""

FUNCTION_WORDS = frozenset(_WORDS.split())
