"""rules.ledgers: what the student selected, what our roster contained, what the receipt says (規§6.2, 規§6.4)."""
