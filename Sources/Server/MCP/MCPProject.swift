package import OperatingSystem
package import Protocol
internal import Providers

/// The MCP servers that a project's `.mcp.json` names: used only once the person has agreed to each.
package enum MCPProject {
  /// The name that other clients look for, too.
  private static let fileName = ".mcp.json"

  /// The servers of the nearest file, from a folder up to its repository's top; `nil` where there is none.
  ///
  /// `mayRead` is asked for the file by its path, `mayFollow` whether the person has said that a file of another user's is to be
  /// followed. `variables` may stand in it, but for those of ours that are secret.
  package static func servers(
    in folder: String, files: FileSource, links: LinkResolver, variables: MCPVariables,
    mayRead: (String) -> Bool, mayFollow: (String) -> Bool
  ) -> MCPConfiguration.Reading? {
    guard let workspace = FolderPath(folder) else { return nil }
    let border = workspace.border(of: GitState.read(at: workspace, files: files)?.root)
    for place in workspace.upwards where place.isWithin(border) {
      let path = place.appending(fileName).description
      guard let target = links.resolve(path), let bytes = bytes(of: target, files) else { continue }
      var reading = MCPConfiguration.Reading()
      let isInside = FolderPath(target).flatMap { target in
        links.resolve(border.description).flatMap { FolderPath($0) }.map { target.isWithin($0) }
      }
      guard isInside == true else {
        reading.notices.append("\(path) is not read: it leads out of \(border)")
        return reading
      }
      guard mayRead(path), mayRead(target) else {
        reading.notices.append("\(path) is not read: a rule of the person's stands in the way")
        return reading
      }
      let parent = FolderPath(target)?.parent?.description ?? target
      guard !files.isForeign(target) && !files.isForeign(parent) || mayFollow(path) else {
        reading.notices.append(
          "\(path) is not followed: it belongs to another user; --rule 'allow:read_file(/\(path))' has it followed")
        return reading
      }
      return Self.reading(bytes, of: path, variables)
    }
    return nil
  }

  private static func bytes(of path: String, _ files: FileSource) -> [UInt8]? { (try? files.read(path)) ?? nil }

  // MARK: The file

  private static func reading(
    _ bytes: [UInt8], of path: String, _ variables: MCPVariables
  ) -> MCPConfiguration.Reading {
    var reading = MCPConfiguration.Reading()
    guard bytes.count <= MCPClientLimits.fileBytesMax else {
      reading.notices.append("\(path) is not read: it has more than \(MCPClientLimits.fileBytesMax) bytes")
      return reading
    }
    guard let json = try? JSON.parse(file: bytes) else {
      reading.notices.append("\(path) is not read: it is no JSON")
      return reading
    }
    guard let entries = json["mcpServers"]?.object else {
      reading.notices.append("\(path) names no MCP servers: it has no object 'mcpServers'")
      return reading
    }
    return servers(entries, from: .project(file: path), of: path, variables)
  }

  /// The servers of a file, by name; what is wrong with one leaves it out.
  package static func servers(
    _ entries: JSONObject, from source: MCPServerSettings.Source, of path: String, _ variables: MCPVariables
  ) -> MCPConfiguration.Reading {
    var reading = MCPConfiguration.Reading()
    for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
      var expansion = VariableExpansion(variables)
      let expanded = Self.expanded(value, &expansion)
      func leaveOut(_ why: String) {
        reading.notices.append("the MCP server '\(MCPLimits.shown(name))' of \(path) is off: \(why)")
      }
      if let missing = expansion.missing {
        leaveOut(missing)
        continue
      }
      do {
        let entry = try expanded.decode(MCPServerEntry.self)
        var settings = try MCPConfiguration.settings(name, entry, from: source)
        settings.written = MCPConfiguration.written(try value.decode(MCPServerEntry.self), for: settings.way)
        settings.variables = expansion.used.sorted()
        reading.servers.append(settings)
      } catch let flaw as MCPConfiguration.Flaw {
        leaveOut(flaw.reason)
      } catch let error as JSONDecodingError {
        leaveOut("'\(error.path)' \(error.reason)")
      } catch {
        leaveOut("it is no server")
      }
    }
    return reading
  }

  /// An entry with its variables in the place of their names, where they may stand.
  private static func expanded(_ entry: JSON, _ expansion: inout VariableExpansion) -> JSON {
    guard var object = entry.object else { return entry }
    for name in ["command", "url"] { object[name] = object[name].map { expansion.of($0) } }
    object["args"] = object["args"].map { json in
      json.array.map { .array($0.map { expansion.of($0) }) } ?? json
    }
    for name in ["env", "headers"] {
      object[name] = object[name].map { json in
        json.object.map { .object(JSONObject($0.map { ($0.key, expansion.of($0.value)) })) } ?? json
      }
    }
    return .object(object)
  }

  // MARK: Showing

  /// What a person agrees to, in a line: the command with its arguments, or the address, as the file writes it.
  package static func shown(_ server: MCPServerSettings) -> String {
    let text =
      switch server.written {
      case .command(let command, let arguments, _): ([command] + arguments).joined(separator: " ")
      case .http(let url, _), .events(let url, _): url
      }
    return VisibleText.line(text, most: MCPClientLimits.commandShownMax)
  }

  /// All that a person agrees to, as the file writes it: which variables of theirs it gets, and where a command runs.
  package static func input(of server: MCPServerSettings, in folder: String) -> JSON {
    var input = values(of: server.written).object ?? JSONObject()
    if !server.variables.isEmpty { input["variables"] = .array(server.variables.map(JSON.string)) }
    if case .command = server.way { input["cwd"] = .string(folder) }
    return .object(input)
  }

  private static func values(of way: MCPServerSettings.Way) -> JSON {
    func pairs(_ variables: [MCPServerSettings.Variable]) -> JSON {
      .object(JSONObject(variables.map { ($0.name, .string($0.value)) }))
    }
    switch way {
    case .command(let command, let arguments, let environment):
      return [
        "command": .string(command), "args": .array(arguments.map(JSON.string)), "env": pairs(environment),
      ]
    case .http(let url, let headers): return ["type": "http", "url": .string(url), "headers": pairs(headers)]
    case .events(let url, let headers): return ["type": "sse", "url": .string(url), "headers": pairs(headers)]
    }
  }

  /// What tells a server from any other that the person did not agree to: all that it is started or reached with, and for
  /// a command, which may be a path or read one, the folder that it runs in.
  static func fingerprint(of server: MCPServerSettings, in folder: String) -> String {
    let file = if case .project(let file) = server.source { file } else { "" }
    let place = if case .command = server.way { folder } else { "" }
    let parts: JSON = [.string(server.name), .string(file), .string(place), values(of: server.way)]
    return SHA256.hexadecimal(Array(parts.text.utf8))
  }
}

/// Puts variables in the place of `${NAME}` and `${NAME:-default}`.
///
/// Those that may be secrets of ours are never put into what a project says, as if they were not there.
private struct VariableExpansion {
  private let variables: MCPVariables
  /// What is wrong: the first variable that is not there, or may not be used.
  private(set) var missing: String?
  /// The variables whose values were taken.
  private(set) var used: Set<String> = []

  init(_ variables: MCPVariables) { self.variables = variables }

  /// A text with its variables; what is no text stays.
  mutating func of(_ json: JSON) -> JSON { json.string.map { .string(of($0)) } ?? json }

  private mutating func of(_ text: String) -> String {
    var (done, rest) = ("", text[...])
    while let start = rest.firstRange(of: "${") {
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
      done += rest[..<start.lowerBound]
      let inner = rest[start.upperBound..<end]
      let divider = inner.firstRange(of: ":-")
      let name = String(inner[..<(divider?.lowerBound ?? inner.endIndex)])
      done += value(of: name, or: divider.map { String(inner[$0.upperBound...]) })
      rest = rest[rest.index(after: end)...]
    }
    return done + rest
  }

  private mutating func value(of name: String, or other: String?) -> String {
    if variables.isOurs(name) {
      missing = missing ?? "the variable '\(MCPLimits.shown(name))' is not given to servers of projects"
      return ""
    }
    if let value = variables[name] {
      used.insert(name)
      return value
    }
    if let other { return other }
    missing = missing ?? "the variable '\(MCPLimits.shown(name))' is not set"
    return ""
  }
}
