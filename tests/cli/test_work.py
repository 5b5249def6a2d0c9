"""What commands do alike."""

from __future__ import annotations

import os
import signal
import time

import pytest

from fullmenu.cli import work


def test_sigterm_ends_a_wait_as_ctrl_c_does():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), work.stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert signal.getsignal(signal.SIGTERM) is before
