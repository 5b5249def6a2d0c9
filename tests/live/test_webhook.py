"""A webhook whose other side never comes to an end."""

from __future__ import annotations

import socket
import threading
import time

from fullmenu.live import webhook


def test_a_peer_that_drips_is_given_up():
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            peer, _ = server.accept()
            with peer:
                while not stop.wait(0.05):
                    try:
                        peer.send(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        request = webhook.urllib.request.Request(
            f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", method="POST"
        )
        began = time.monotonic()
        why, again = webhook._bounded(request, 0.3)
        assert time.monotonic() - began < 3
        assert why == "it was not done within 0.3 s" and again
        stop.set()
        thread.join(5)
