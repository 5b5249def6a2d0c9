"""The lab: experiments with a known answer, run for real."""
