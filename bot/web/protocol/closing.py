"""Why a socket is closed, by code; of citizens and of the desk."""

CLOSE_UNAUTHORIZED = 4401  # wrong token, or no hello in time
CLOSE_GONE = 4404  # no such conversation, or it was erased
CLOSE_IDLE = 4408  # nothing happened for too long; connect again when the citizen comes back
CLOSE_TOO_MANY = 4429  # too many sockets of this conversation, or too many frames
