"""``python -m fullmenu``."""

from fullmenu.cli import main

main()
