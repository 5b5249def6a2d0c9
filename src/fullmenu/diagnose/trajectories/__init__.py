"""Runs of agents: do they go round in loops, and how many ways are there that succeed?"""
