"""Delivers: notices in the product, mails through an outbox, schedules."""
