"""Text: words, function words, and the messages of a chat."""
