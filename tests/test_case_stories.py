"""What the pages claim, asserted on computed results: change an assumption and see what breaks.

One file a case, `story_<case>.py`; this one gathers them.
"""

from .story_transactional import *  # noqa: F403
