package dev.millrace.orch.command;

import picocli.AutoComplete;
import picocli.CommandLine;

/** What makes bash and zsh complete this program's words. */
final class BashScript {
  private static final String BEGINS = "\nif [ -n \"$BASH_VERSION\" ]";
  private static final String HEAD =
      """
      #!/usr/bin/env bash
      # Completion of %1$s for bash and zsh, written by '%1$s completion bash'.
      # 'source <(%1$s completion)' takes it for this shell; '%1$s completion --help' says more.
      """;

  /** In both shells. */
  private static final String ASKING =
      """

      # Names of buckets, objects, functions and jobs: the coordinator knows them. The program asks
      # it, and gives up soon.
      function _@_offer() {
        MILLRACE_NO_BUILD=1 \\
          MILLRACE_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 ${MILLRACE_JAVA_OPTIONS:-}" \\
          "$1" offer -- "${@:2}" 2>/dev/null
      }

      # Whether that is worth it: COMMAND, the word before, the word.
      function _@_asks() {
        case $3 in -*) return 1 ;; esac
        case $2 in
          <options>) return 0 ;;
          <values>) return 1 ;;
        esac
        case $1 in
          <objects>)
            case $3 in "" | s | s3 | s3:*) return 0 ;; esac ;;
          <either>)
            case $3 in s3:*) return 0 ;; esac ;;
          <others>) return 0 ;;
        esac
        return 1
      }
      """;

  /**
   * Readline takes a word apart at the characters of COMP_WORDBREAKS and puts a reply in the place
   * of the last piece alone (Bash Reference Manual, "Programmable Completion").
   */
  private static final String IN_BASH =
      """

      if [ -n "$BASH_VERSION" ]; then
        function _@_option() {
          type compopt &>/dev/null && compopt "$@"
        }
        function _@_words() {
          local rest="${COMP_LINE:0:COMP_POINT}" piece word name lead='' quote=''
          local -a words=() plain=() names=()
          for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
            if [ ${#words[@]} -eq 0 ] || [[ $rest == [[:space:]]* ]]; then
              rest="${rest#"${rest%%[![:space:]]*}"}"
              words+=("")
            fi
            [[ $rest == "$piece"* ]] || piece=$rest
            words[${#words[@]} - 1]+=$piece
            rest=${rest#"$piece"}
          done
          for piece in "${words[@]}"; do
            [[ $piece == '~/'* ]] && piece=$HOME/${piece:2}
            piece=${piece//\\\\/}
            plain+=("${piece//[\\"\\']/}")
          done
          local last=$((${#words[@]} - 1))
          word=${plain[last]}
          if [ "$last" -ge 2 ] && _@_asks "${plain[1]}" "${plain[last - 1]}" "$word"; then
            case ${words[last]} in
              [\\"\\']*) quote=yes ;;
              *[\\"\\']*) return 0 ;;
              *)
                for piece in : =; do
                  if [[ $COMP_WORDBREAKS == *"$piece"* && $word == *"$piece"* ]]; then
                    name=${word%"${word##*"$piece"}"}
                    [ ${#name} -gt ${#lead} ] && lead=$name
                  fi
                done ;;
            esac
            while IFS= read -r name; do
              name=${name#"$lead"}
              if [ -z "$quote" ]; then
                printf -v name %q "$name"
              elif [[ $name == *[\\$\\`\\"\\\\\\'\\!]* ]]; then
                continue # In quotes the shell would do what such a name says.
              fi
              names+=("$name")
            done < <(_@_offer "${plain[@]}")
            COMPREPLY=("${names[@]}")
            if [ ${#names[@]} -gt 0 ]; then
              [ ${#names[@]} -eq 1 ] && [[ ${names[0]} == */ ]] && _@_option -o nospace
              return 0
            fi
            if [[ $word == s3:* ]]; then
              _@_option +o default
              return 0
            fi
          fi
          _complete_@ "$@"
          case ${plain[1]:-} in
            <files>) [ ${#COMPREPLY[@]} -gt 0 ] || [[ $word == -* ]] || _@_option -o default ;;
          esac
          return 0
        }
        complete -F _@_words -o default @ @.sh @.bash
      fi
      """;

  /** Bash does not read it: its words are those of another shell. */
  private static final String IN_ZSH =
      """

      if [ -n "$ZSH_VERSION" ]; then
        eval '
          function _@_words() {
            local word="${(Q)PREFIX}"
            if (( CURRENT > 2 )) && _@_asks "${words[2]}" "${words[CURRENT-1]}" "$word"; then
              local -a names
              names=("${(@f)$(_@_offer "${(@Q)words[1,CURRENT-1]}" "$word")}")
              names=(${names:#})
              if (( ${#names} )); then
                compadd -S "" -- ${(M)names:#*/}
                compadd -- ${names:#*/}
                return 0
              fi
              [[ "$word" == s3:* ]] && return 1
            fi
            _bash_complete -o default -F _complete_@ && return 0
            _files
          }
          compdef _@_words @ @.sh @.bash
        '
      fi
      """;

  private BashScript() {}

  /**
   * As the parser's library writes it, with a head about this program, and with names asked for.
   */
  static String of(String name, CommandLine root) {
    String script = AutoComplete.bash(name, root);
    int body = script.indexOf(BEGINS);
    if (body < 0) {
      return script;
    }
    AskedNames asked = AskedNames.of(root.getCommandSpec());
    return HEAD.formatted(name)
        + script.substring(body).replaceAll(" \\(see \\[[0-9]\\]\\)", "")
        + (ASKING + IN_BASH + IN_ZSH)
            .replace("<options>", String.join(" | ", asked.options()))
            .replace("<values>", String.join(" | ", asked.values()))
            .replace("<objects>", String.join(" | ", asked.objects()))
            .replace("<either>", String.join(" | ", asked.objectsOrFiles()))
            .replace("<others>", String.join(" | ", asked.others()))
            .replace("<files>", String.join(" | ", asked.files()))
            .replace("_@", "_" + name)
            .replace(" @ @.sh @.bash", " %1$s %1$s.sh %1$s.bash".formatted(name));
  }
}
