#!/bin/sh
# Makes the two environments: .venv (Stadtlotse) and .venv-rasa (the Rasa worker).
#   scripts/setup.sh run    what it takes to run
#   scripts/setup.sh test   and to test
# Does nothing where the requirement files have not changed since the last time. Uses uv where it is installed, else pip.
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
run) app=app rasa=rasa ;;
test) app=dev rasa=rasa-dev ;;
*)
	echo "usage: scripts/setup.sh run|test" >&2
	exit 2
	;;
esac

# Prints the path of an interpreter of one of the given versions, the first that is found.
find_python() {
	for version in "$@"; do
		for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
			if [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ]; then
				"$candidate" -c 'import sys; print(sys.executable)'
				return
			fi
		done
		if command -v uv >/dev/null && uv python find --no-project "$version" 2>/dev/null; then
			return
		fi
	done
	return 1
}

# make_environment FOLDER PYTHON REQUIREMENTS
make_environment() {
	folder=$1 python=$2 requirements=requirements/$3.txt
	stamp=$folder/.installed-$3
	if [ -x "$folder/bin/python" ] && cmp -s "$requirements" "$stamp"; then
		return
	fi
	echo "Installing $requirements into $folder …"
	[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
	if command -v uv >/dev/null; then
		# Compiled now, like pip does it, so that no start has to.
		uv pip install --quiet --compile-bytecode --python "$folder/bin/python" --require-hashes --requirement "$requirements"
	else
		"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
			--require-hashes --requirement "$requirements"
	fi
	# The larger set contains the smaller one.
	case "$3" in
	dev) cp requirements/app.txt "$folder/.installed-app" ;;
	rasa-dev) cp requirements/rasa.txt "$folder/.installed-rasa" ;;
	esac
	cp "$requirements" "$stamp"
}

if ! python_app=$(find_python 3.12 3.13 3.11); then
	echo "Stadtlotse needs Python 3.11, 3.12 or 3.13, and none was found; install one, for example with: pyenv install 3.12" >&2
	exit 1
fi
if ! python_rasa=$(find_python 3.10); then
	echo "The Rasa worker needs Python 3.10, which was not found; install it, for example with: pyenv install 3.10" >&2
	exit 1
fi

make_environment .venv "$python_app" "$app"
make_environment .venv-rasa "$python_rasa" "$rasa"

# The command `stadtlotse`, pointing at this folder; the package itself is not copied.
if [ ! -x .venv/bin/stadtlotse ] || [ pyproject.toml -nt .venv/bin/stadtlotse ]; then
	.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	touch .venv/bin/stadtlotse
fi
