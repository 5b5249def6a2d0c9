"""English words that carry grammar and hardly ever the answer. Written for this project."""

_GRAMMAR = """
a an the this that these those such same other another i me my mine myself we us our ours
ourselves you your yours yourself yourselves he him his himself she her hers herself it its
itself they them their theirs themselves one who whom whose which what whatever where when why
how none and or but nor so yet if then else than as because since unless until while whereas
although though whether of in on at by for from to into onto out off up down over under above
below between among through throughout during before after about against around along across
behind beside besides beyond near toward towards upon via with within without per be am is are
was were been being isn't aren't wasn't weren't have has had having haven't hasn't hadn't do
does did doing done don't doesn't didn't can could will would shall should may might must ought
cannot can't couldn't won't wouldn't shouldn't mustn't needn't not no never neither either i'm
i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll
we're we've we'd we'll they're they've they'd they'll that's there's here's what's who's where's
how's let's here there now again also already still just only even ever very too quite rather
much many more most less least few some any all both each every several enough like
"""

_VAGUE = """
others own ones someone somebody something anyone anybody anything everyone everybody everything
nobody noone nothing thing things shan't always almost often once soon really perhaps maybe get
gets got getting gotten go goes going went gone make makes made making take takes took give
gives gave given put keep let say says said see seem seems use used uses using want kind sort
lot yes yeah ok okay well oh please sure
"""

GRAMMAR = frozenset(_GRAMMAR.split())
"""What stays when the words of content are taken out of a sentence."""

FUNCTION_WORDS = GRAMMAR | frozenset(_VAGUE.split())
"""Words that tell next to nothing of what an output says: grammar, and words for anything."""
