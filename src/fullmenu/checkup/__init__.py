"""One log: how varied is it?"""
