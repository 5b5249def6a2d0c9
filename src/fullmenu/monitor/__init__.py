"""The monitor, pure: alarms whose false-alarm rate is guaranteed. ``watch.py`` makes it public."""
