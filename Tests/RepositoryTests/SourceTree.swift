import Foundation
import TestSupport

/// A Swift file of the project, as far as the laws look at it.
struct SourceFile {
  /// From the project's root.
  let path: String
  let module: String
  let lineCount: Int
  let tokens: [Token]
  /// What the lines that begin with three slashes say.
  let documentation: [Int: String]
  let declarations: [Declaration]
  let localNames: Set<String>
  let imports: Set<String>
  private let attributeLines: Set<Int>

  init(path: String, module: String, text: String) {
    self.path = path
    self.module = module
    let lexer = Lexer(text)
    lineCount = text.hasSuffix("\n") ? lexer.line - 1 : lexer.line
    tokens = lexer.tokens
    documentation = lexer.documentation
    let reader = DeclarationReader(tokens)
    declarations = reader.declarations
    localNames = reader.localNames
    imports = reader.imports
    let firsts = zip(tokens.dropFirst(), tokens).filter { $0.line != $1.line }.map(\.0)
    attributeLines = Set(firsts.filter { $0.text == "@" }.map(\.line))
  }

  /// The folder at the first level below a module's folder, `Server/Agent`; the files beside such folders share `Server`.
  var room: String {
    let names = path.split(separator: "/").dropFirst().dropLast()
    return names.prefix(2).joined(separator: "/")
  }

  /// The file's name without its ending.
  var baseName: String { path.split(separator: "/").last.map { String($0.dropLast(".swift".count)) } ?? path }

  /// A token's text; empty beyond the file.
  func text(_ place: Int) -> String { tokens.indices.contains(place) ? tokens[place].text : "" }

  /// The lines of documentation above a declaration, or above its attributes.
  func documentation(of declaration: Declaration) -> [String] {
    var line = declaration.line - 1
    while documentation[line] == nil, attributeLines.contains(line) { line -= 1 }
    var lines: [String] = []
    while let text = documentation[line] {
      lines.append(text)
      line -= 1
    }
    return lines.reversed()
  }

  func at(_ declaration: Declaration) -> String { "\(path):\(declaration.line) \(declaration.fullName)" }
}

/// Swift files that are looked at together: the project's, or those that a test makes up.
struct SourceTree {
  let files: [SourceFile]

  /// Files by their paths; modules that lie inside of another's folder are named by their folders.
  init(_ texts: [String: String], nestedModules: [String: String] = [:]) {
    files = texts.keys.sorted().map { path in
      let nested = nestedModules.filter { path.hasPrefix($0.key + "/") }.max { $0.key.count < $1.key.count }?.value
      let outer = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
      return SourceFile(path: path, module: nested ?? outer, text: texts[path] ?? "")
    }
  }

  private init(folder: String) throws {
    var texts: [String: String] = [:]
    for path in try Repository.files(under: folder, endingWith: ".swift") { texts[path] = try Repository.text(path) }
    self.init(texts, nestedModules: try Self.nestedModules())
  }

  /// What the product is made of; read once for all tests.
  static let sources = Result { try SourceTree(folder: "Sources") }
  /// What tries it: tests, fuzzers, benches.
  static let tests = Result { try SourceTree(folder: "Tests") }

  /// The modules of the manifest that have a path of their own, by that path.
  private static func nestedModules() throws -> [String: String] {
    let targets = try Repository.text("Package.swift").components(separatedBy: "arget(")
    return targets.reduce(into: [:]) { modules, target in
      guard let name = argument("name", of: target), let path = argument("path", of: target) else { return }
      modules[path] = name
    }
  }

  /// The first string that a label of a manifest stands before.
  private static func argument(_ label: String, of target: String) -> String? {
    let parts = target.components(separatedBy: "\(label): \"")
    return parts.count < 2 ? nil : parts[1].components(separatedBy: "\"").first
  }

  var declarations: [(file: SourceFile, declaration: Declaration)] {
    files.flatMap { file in file.declarations.map { (file, $0) } }
  }

  /// Where a piece of code stands that has no blanks in it.
  func places(of code: String) -> [String] {
    let sought = Lexer(code).tokens
    var places: [String] = []
    for file in files {
      for (place, token) in file.tokens.enumerated() where token.text == sought[0].text {
        let isThere = sought.indices.allSatisfy { next in
          file.text(place + next) == sought[next].text
            && file.tokens[place + next].start - token.start == sought[next].start
        }
        if isThere { places.append("\(file.path):\(token.line)") }
      }
    }
    return places
  }
}
