"""Goal misgeneralization: is it the goal that is followed, or what went with it in training?"""
