"""Tests, by the room that they are of; some packages bring a ``tests`` of their own."""
