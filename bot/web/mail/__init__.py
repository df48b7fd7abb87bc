"""E-mails to citizens about their requests, from the outbox to the town's mail server. Only here: aiosmtplib."""
