/** The completion script of each shell: a few lines that call `agentpool complete` on every Tab. */
export const completionScripts = {
  // bash splits words at @ and =, which are parts of our words, so the script passes the whole line. bash replaces only
  // the end of a word, its second argument; the script cuts the rest off each candidate.
  bash: `# bash completion of agentpool
_agentpool() {
  local line=\${COMP_LINE:0:COMP_POINT} value meaning
  local word=\${line##*[[:space:]]}
  local skip=$(( \${#word} > \${#2} ? \${#word} - \${#2} : 0 ))
  COMPREPLY=()
  while IFS=$'\\t' read -r value meaning; do
    case $value in
      :file) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$2"); compopt -o filenames 2>/dev/null; return ;;
      :folder) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$2"); compopt -o filenames 2>/dev/null; return ;;
      ?*) COMPREPLY+=("\${value:skip}") ;;
    esac
  done < <(agentpool complete bash "$line" 2>/dev/null)
}
complete -F _agentpool agentpool
`,
  zsh: `#compdef agentpool
_agentpool() {
  local line
  local -a found
  for line in "\${(@f)$(agentpool complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      :file) _files; return ;;
      :folder) _files -/; return ;;
      ?*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe -V agentpool found
}
if [[ $funcstack[1] == _agentpool ]]; then _agentpool "$@"; else compdef _agentpool agentpool; fi
`,
  fish: `# fish completion of agentpool
function __agentpool_complete
  set -l words (commandline -opc)
  set -l now (commandline -ct)
  for line in (agentpool complete fish $words[2..-1] "$now" 2>/dev/null)
    switch $line
      case ':file'
        __fish_complete_path "$now"
      case ':folder'
        __fish_complete_directories "$now"
      case '*'
        echo $line
    end
  end
end
complete -c agentpool -f -k -a '(__agentpool_complete)'
`,
} as const;

export type Shell = keyof typeof completionScripts;
export const shells = Object.keys(completionScripts) as Shell[];
