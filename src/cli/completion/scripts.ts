/** The shells that are spoken to. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** How each script asks: `dlms __complete`, which no help shows. */
export const completionWord = "__complete";

/**
 * What each shell has to load. The scripts know nothing of the commands, so that they fit every version: they ask dlms,
 * which answers with a candidate a line, and `:files` or `:open` (no space behind it) as lines of their own.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of dlms in bash: eval "$(dlms completion bash)"
_dlms() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default -o filenames 2>/dev/null ;;
      :open) compopt -o nospace 2>/dev/null ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("$1" ${completionWord} --line "\${COMP_LINE:0:COMP_POINT}" --breaks "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -F _dlms dlms
`,
  zsh: `#compdef dlms
# Completion of dlms in zsh: eval "$(dlms completion zsh)", or this text as the file _dlms in a folder of $fpath
_dlms() {
  local line
  local -a values shown ends
  for line in "\${(@f)$("\${words[1]}" ${completionWord} --described -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) _files ;;
      :open) ends=(-S '') ;;
      ?*) values+=("\${line%%$'\\t'*}"); shown+=("\${line/$'\\t'/  }") ;;
    esac
  done
  (( $#values )) && compadd -l "\${ends[@]}" -d shown -- "\${values[@]}"
}
if [[ $funcstack[1] == _dlms ]]; then _dlms "$@"; else compdef _dlms dlms; fi
`,
  fish: `# Completion of dlms in fish: dlms completion fish | source
function __dlms_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] ${completionWord} --described -- $words[2..-1] "$current" 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path "$current"
      case ':open'
      case '*'
        echo $line
    end
  end
end
complete -c dlms -f -a '(__dlms_complete)'
`,
};
