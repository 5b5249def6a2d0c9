"""Proxies: is what was optimised still what was wanted?"""
