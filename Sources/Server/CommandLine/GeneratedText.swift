internal import Protocol

/// What is made of the table of options for whoever installs the program: its manual page, and what shells complete.
package enum GeneratedText: String, CaseIterable, Sendable {
  case man, bash, zsh, fish
  case settingsSchema = "settings-schema"

  /// All of it, to be written to a file as it is.
  package var text: String {
    switch self {
    case .man: Self.manual
    case .bash: Self.bashCompletion
    case .zsh: Self.zshCompletion
    case .fish: Self.fishCompletion
    case .settingsSchema: SettingsSchema.json.text + "\n"
    }
  }

  private static var commands: [String] { CommandWord.allCases.map(\.rawValue) }
}

// MARK: - The manual

extension GeneratedText {
  private static var manual: String {
    let uses = HelpText.uses.map { ".br\n.B wyn360\n\(plain($0.line))\n" }.joined()
    let what = HelpText.uses.map { ".TP\n\(bold("wyn360 \($0.line)"))\n\(plain($0.does)).\n" }.joined()
    let groups = OptionGroup.allCases.map { group in
      let entries = OptionTable.all.filter { $0.group == group }.map(entry).joined()
      return ".SS \(group.rawValue.isEmpty ? "The rest" : plain(group.rawValue))\n\(entries)"
    }.joined()
    let variables = KnownVariable.all.map { ".TP\n\(bold($0.name))\n\(plain($0.does))\n" }.joined()
    let statuses = ExitStatus.allCases.map { ".TP\n.B \($0.rawValue)\n\(plain($0.meaning))\n" }.joined()
    return """
      .TH WYN360 1 "" "wyn360 \(Version.number)" "User Commands"
      .SH NAME
      wyn360 \\- Claude for editors and scripts, over one pipe
      .SH SYNOPSIS
      \(uses).SH DESCRIPTION
      \(what).PP
      What stands behind
      .B \\-\\-
      is a prompt, whatever it looks like.
      An option that is given twice counts as it was given last, but for those that say so.
      .SH OPTIONS
      \(groups).SH ENVIRONMENT
      \(variables).SH "EXIT STATUS"
      \(statuses).TP
      .B 128 + N
      ended by signal N: 130 interrupted, 141 nobody reads stdout
      .SH "SEE ALSO"
      .B wyn360 call server/describe
      describes every method of the protocol.

      """
  }

  private static func entry(_ option: Option) -> String {
    let names = [option.short, option.name].compactMap(\.self).map(bold).joined(separator: ", ")
    let value = option.shape.placeholder.map { " \\fI\(plain($0))\\fR" } ?? ""
    let before = option.variable.map { "\nGoes before \(bold($0))." } ?? ""
    return ".TP\n\(names)\(value)\n\(plain(option.does)).\(before)\n"
  }

  private static func bold(_ text: String) -> String { "\\fB\(plain(text))\\fR" }

  /// A text that troff takes for nothing else: dashes, backslashes, and what begins a line.
  private static func plain(_ text: String) -> String {
    let escaped = text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      default: String(character)
      }
    }.joined()
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}

// MARK: - What shells complete

extension GeneratedText {
  private static var bashCompletion: String {
    let names = (OptionTable.all.flatMap { [$0.short, $0.name].compactMap(\.self) } + commands).joined(separator: " ")
    let cases = OptionTable.all.filter { $0.shape != .none }.map { option in
      let patterns = [option.short, option.name].compactMap(\.self).joined(separator: "|")
      let reply =
        switch option.shape {
        case .words(let words): "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\"))"
        case .file: "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\"))"
        case .folder: "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$word\"))"
        case .none, .value, .hidden: "COMPREPLY=()"
        }
      return "    \(patterns)) \(reply); return ;;\n"
    }.joined()
    return """
      _wyn360() {
        local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} IFS=$' \\t\\n'
        if [[ $word == = ]]; then word=; elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi
        case $option in
      \(cases)  esac
        COMPREPLY=($(compgen -W '\(names)' -- "$word"))
      }
      complete -F _wyn360 wyn360

      """
  }

  private static var zshCompletion: String {
    let options = OptionTable.all.flatMap { option in
      [option.short, option.name].compactMap(\.self).map { name in
        let value =
          switch option.shape {
          case .none: ""
          case .words(let words): ":value:(\(words.joined(separator: " ")))"
          case .file: ":file:_files"
          case .folder: ":folder:_files -/"
          case .value(let word), .hidden(let word): ":\(zshPlain(word)): "
          }
        let ends = option.shape == .none || !name.hasPrefix("--") ? "" : "="
        return "    '\(option.addsUp ? "*" : "")\(name)\(ends)[\(zshPlain(option.does))]\(value)'"
      }
    }
    return """
      #compdef wyn360
      _arguments -s \\
      \(options.joined(separator: " \\\n")) \\
          '1:command:(\(commands.joined(separator: " ")))' '*:word:_files'

      """
  }

  private static func zshPlain(_ text: String) -> String {
    text.map { character in
      switch character {
      case "'": "'\\''"
      case "[", "]", ":", "\\": "\\\(character)"
      default: String(character)
      }
    }.joined()
  }

  private static var fishCompletion: String {
    let options = OptionTable.all.map { option in
      let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
      let value =
        switch option.shape {
        case .none: ""
        case .words(let words): " -x -a '\(words.joined(separator: " "))'"
        case .file: " -r -F"
        case .folder: " -x -a '(__fish_complete_directories)'"
        case .value, .hidden: " -x"
        }
      return "complete -c wyn360\(short) -l \(option.name.dropFirst(2))\(value) -d '\(fishPlain(option.does))'"
    }
    let words = CommandWord.allCases.map { word in
      "complete -c wyn360 -f -n __fish_use_subcommand -a \(word.rawValue) -d '\(fishPlain(word.help.does))'"
    }
    return (options + words).joined(separator: "\n") + "\n"
  }

  private static func fishPlain(_ text: String) -> String {
    text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }
}
