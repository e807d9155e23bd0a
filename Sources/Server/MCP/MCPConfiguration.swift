package import Protocol

/// MCP servers as clients and files name them, as settings.
package enum MCPConfiguration {
  /// Servers and what a person should know of others that are left out.
  package struct Reading: Sendable {
    /// The servers, in order; each name stands once.
    package var servers: [MCPServerSettings] = []
    /// What is wrong with others, a sentence each.
    package var notices: [String] = []

    /// These servers, of which nothing is to be told.
    package init(_ servers: [MCPServerSettings] = []) { self.servers = servers }
  }

  /// The servers of a client, by name.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` that names the place.
  package static func servers(
    _ entries: ByName<MCPServerEntry>?, from source: MCPServerSettings.Source
  ) throws(Failure) -> [MCPServerSettings] {
    var servers: [MCPServerSettings] = []
    for (name, entry) in (entries?.values ?? [:]).sorted(by: { $0.key < $1.key }) {
      do throws(Flaw) {
        servers.append(try settings(name, entry, from: source))
      } catch {
        throw .invalidParams("mcpServers.\(OneLine.of(String(name.prefix(80)))): \(error.reason)")
      }
    }
    try checkCount(servers.count)
    return servers
  }

  /// The servers of a client of the Agent Client Protocol: a list in which commands have no type, and variables and headers
  /// are lists themselves.
  ///
  /// What is of a kind that is not known here is left out, and told.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for what says too little to be any kind.
  package static func servers(acp list: [JSON]?) throws(Failure) -> Reading {
    var reading = Reading()
    for (number, json) in (list ?? []).enumerated() {
      let place = "mcpServers[\(number)]"
      guard let members = json.object else { throw .invalidParams("\(place) is \(json.kindName), and no server") }
      guard let name = members["name"]?.string else { throw .invalidParams("\(place) has no name") }
      var entry = MCPServerEntry()
      entry.type = members["type"]?.string
      guard [nil, "stdio", "http", "sse"].contains(entry.type) else {
        let type = MCPLimits.shown(entry.type ?? "")
        reading.notices.append(
          "the MCP server '\(MCPLimits.shown(name))' is left out: '\(type)' is no way that is known here")
        continue
      }
      entry.command = members["command"]?.string
      entry.args = members["args"]?.array?.compactMap(\.string)
      entry.env = pairs(members["env"])
      entry.url = members["url"]?.string
      entry.headers = pairs(members["headers"])
      do throws(Flaw) {
        let server = try settings(name, entry, from: .session)
        if reading.servers.contains(where: { $0.name == name }) {
          reading.notices.append("there are two MCP servers '\(MCPLimits.shown(name))'; the first one counts")
        } else {
          reading.servers.append(server)
        }
      } catch {
        throw .invalidParams("\(place), '\(MCPLimits.shown(name))': \(error.reason)")
      }
    }
    try checkCount(reading.servers.count)
    return reading
  }

  private static func checkCount(_ count: Int) throws(Failure) {
    guard count <= MCPClientLimits.serversMax else {
      throw .invalidParams("mcpServers: there may be \(MCPClientLimits.serversMax) at most, and there are \(count)")
    }
  }

  /// A list of `{name, value}`; an object counts as well, as some languages write an empty list like one.
  private static func pairs(_ json: JSON?) -> ByName<String>? {
    var values: [String: String] = [:]
    for pair in json?.array ?? [] {
      if let name = pair["name"]?.string, let value = pair["value"]?.string { values[name] = value }
    }
    for (name, value) in json?.object ?? JSONObject() { values[name] = value.string }
    return values.isEmpty ? nil : ByName(values)
  }
}

// MARK: - One server

extension MCPConfiguration {
  /// What is wrong with an entry.
  struct Flaw: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// The settings of an entry.
  static func settings(
    _ name: String, _ entry: MCPServerEntry, from source: MCPServerSettings.Source
  ) throws(Flaw) -> MCPServerSettings {
    let isName = (1...MCPClientLimits.nameMax).contains(name.utf8.count)
    guard isName, name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw Flaw("a name has 1 to \(MCPClientLimits.nameMax) bytes, and no control characters")
    }
    var settings = MCPServerSettings(name: name, way: try way(of: entry), source: source)
    if let timeout = entry.timeout {
      guard timeout >= MCPLimits.callLeastMs else {
        throw Flaw("timeout counts milliseconds, at least \(MCPLimits.callLeastMs); it is \(timeout)")
      }
      settings.callMax = timeout
    }
    settings.alwaysLoad = entry.alwaysLoad ?? false
    if let era = entry.protocol {
      guard let known = MCPServerSettings.Era(rawValue: era) else {
        throw Flaw("protocol is 'auto', 'legacy' or 'modern'; it is '\(MCPLimits.shown(era))'")
      }
      settings.era = known
    }
    return settings
  }

  /// A way as an entry writes it, whose variables were found to make it this one.
  static func written(_ entry: MCPServerEntry, for way: MCPServerSettings.Way) -> MCPServerSettings.Way {
    switch way {
    case .command:
      .command(entry.command ?? "", arguments: entry.args ?? [], environment: sorted(entry.env))
    case .http: .http(url: entry.url ?? "", headers: sorted(entry.headers))
    case .events: .events(url: entry.url ?? "", headers: sorted(entry.headers))
    }
  }

  private static func way(of entry: MCPServerEntry) throws(Flaw) -> MCPServerSettings.Way {
    let type: String
    if let named = entry.type { type = named } else { type = try usualType(of: entry) }
    switch type.lowercased() {
    case "stdio", "local":
      guard let command = entry.command, !command.allSatisfy(\.isWhitespace) else { throw Flaw("it has no command") }
      let variables = try variables(entry.env)
      let words = [command] + (entry.args ?? []) + variables.map(\.value)
      guard words.allSatisfy({ !$0.utf8.contains(0) }) else { throw Flaw("a zero byte cannot be given to a program") }
      return .command(command, arguments: entry.args ?? [], environment: variables)
    case "http", "streamable-http", "streamable_http", "streamablehttp":
      return .http(url: try url(of: entry), headers: try headers(entry.headers))
    case "sse": return .events(url: try url(of: entry), headers: try headers(entry.headers))
    default: throw Flaw("type is 'stdio', 'http' or 'sse'; it is '\(MCPLimits.shown(type))'")
    }
  }

  private static func usualType(of entry: MCPServerEntry) throws(Flaw) -> String {
    switch (entry.command, entry.url) {
    case (_?, nil): return "stdio"
    case (nil, _?): return "http"
    case (nil, nil): throw Flaw("it has neither a command nor a url")
    case (_?, _?): throw Flaw("it has a command and a url; type says which counts")
    }
  }

  private static func url(of entry: MCPServerEntry) throws(Flaw) -> String {
    guard let url = entry.url else { throw Flaw("it has no url") }
    let lower = url.lowercased()
    let isSound = url.utf8.allSatisfy(Byte.isGraphic)
    guard isSound, ["https://", "http://"].contains(where: { lower.hasPrefix($0) && lower.count > $0.count }) else {
      throw Flaw("url must begin with https:// or http://, and have no blanks")
    }
    return url
  }

  private static func variables(_ values: ByName<String>?) throws(Flaw) -> [MCPServerSettings.Variable] {
    for name in (values?.values ?? [:]).keys where name.isEmpty || name.utf8.contains(where: { $0 == 0 || $0 == 0x3D })
    {
      throw Flaw("'\(MCPLimits.shown(name))' is no name of a variable")
    }
    return sorted(values)
  }

  private static func headers(_ values: ByName<String>?) throws(Flaw) -> [MCPServerSettings.Variable] {
    for (name, value) in values?.values ?? [:] {
      guard !name.isEmpty, name.utf8.allSatisfy(Byte.isToken) else {
        throw Flaw("'\(MCPLimits.shown(name))' is no name of a header")
      }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw Flaw("the header '\(MCPLimits.shown(name))' holds a control character")
      }
    }
    return sorted(values)
  }

  private static func sorted(_ values: ByName<String>?) -> [MCPServerSettings.Variable] {
    (values?.values ?? [:]).sorted { $0.key < $1.key }.map { MCPServerSettings.Variable($0.key, $0.value) }
  }
}
