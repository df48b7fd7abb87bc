"""Pages for staff: signing in, accounts, teams, the audit log; and the guard before all of them. See ADR 18."""
