"""What was understood of a log, before anything is measured."""
