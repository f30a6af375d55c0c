extension Completions {
  /// The completion script of bash with what completes `--set`: a key and its value, which are one word
  /// here and two to bash, which parts words at `=`, too. Other text comes back as it is.
  static func scriptWithAssignments(_ script: String) -> String {
    script.hasPrefix("#!/bin/bash\n") ? script + "\n" + bashAssignments : script
  }

  private static let bashAssignments = #"""
    _fulcrum_with_assignments() {
        local -a words
        IFS=$' \t' read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
        [[ "${COMP_LINE:0:COMP_POINT}" == *[[:space:]] ]] && words+=('')
        local -i last=$((${#words[@]} - 1))
        if ((last < 2)) || [[ "${words[last - 1]}" != --set ]]; then
            _fulcrum "$@"
            return
        fi
        local typed="${words[last]}" offered
        local before="${typed%"${typed##*=}"}"
        COMPREPLY=()
        while IFS= read -r offered; do
            COMPREPLY+=("${offered#"${before}"}")
        done < <(SAP_SHELL=bash SAP_SHELL_VERSION="${BASH_VERSINFO[0]}" "${words[0]}" \
            ---completion "${words[1]}" -- --set "${last}" "${#typed}" "${words[@]}" 2>/dev/null)
        # Outside of a completion, as in a test, there are no options to set.
        compopt +o filenames 2>/dev/null
        [[ "${COMPREPLY[0]}" == *= ]] && compopt -o nospace 2>/dev/null
    }
    complete -o filenames -F _fulcrum_with_assignments fulcrum
    """#
}
