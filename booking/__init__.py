"""The booking door: a client books, sees, moves and cancels alone, on an old phone."""
