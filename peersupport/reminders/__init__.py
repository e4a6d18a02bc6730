"""The outbox. Apps declare kinds of message (`registry`) and put rows in (`outbox`); workers plan and send them."""
