"""Conversations: what is stored of them, and the rules that hold for them."""
