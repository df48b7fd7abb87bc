"""Staff: accounts, roles, teams, sessions, and the audit log of what they did. See ADR 18."""
