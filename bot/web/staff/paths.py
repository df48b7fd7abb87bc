"""Which paths belong to staff, and where the pages among them are that others lead to."""

PREFIXES = ("/staff", "/desk", "/studio", "/cockpit", "/api/v1/staff", "/api/v1/desk", "/api/v1/studio")

HOME = "/staff"
SIGN_IN = "/staff/login"
SECOND_FACTOR = "/staff/second-factor"
SET_UP = "/staff/second-factor/new"
OPENID = "/staff/openid"
OPENID_RETURN = "/staff/openid/return"


def is_for_staff(path: str) -> bool:
    """Whether a path, or the pattern of one, belongs to staff."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)


def own_path(path: str) -> str:
    """A path of ours that a form or query names; HOME for every other place."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours and is_for_staff(path.partition("?")[0]) else HOME


def safe_path(path: str) -> str:
    """The same for where somebody wanted to go before signing in, so not signing in again."""
    return HOME if path.startswith(SIGN_IN) else own_path(path)
