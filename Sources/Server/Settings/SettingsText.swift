internal import Protocol

/// A file of settings, read as far as it makes sense: what is wrong in it is named with its place, and the rest acts.
struct SettingsText: Sendable {
  /// What it says.
  private(set) var settings = Settings()
  /// What is wrong with it, a sentence each.
  private(set) var notices: [String] = []
  /// The members as they stand there, by their names in the table.
  private(set) var written: [String: JSON] = [:]

  /// Reads the bytes of the file at that path.
  init(_ bytes: [UInt8], of path: String) {
    let json: JSON
    do throws(JSONSyntaxError) { json = try JSON.parse(file: bytes) } catch {
      notices = ["\(path) is not used: it is no JSON (\(error.reason) at byte \(error.offset))"]
      return
    }
    guard let object = json.object else {
      notices = ["\(path) is not used: it must hold an object, and holds \(json.kindName)"]
      return
    }
    var taken = SettingsMember.Taken()
    take(object, of: "", &taken)
    settings = taken.settings
    for flaw in taken.flaws.prefix(SettingsLimits.noticesMax) {
      notices.append(VisibleText.line("\(path): \(flaw.place) \(flaw.reason)", most: SettingsLimits.shownMax * 2))
    }
    let more = taken.flaws.count - SettingsLimits.noticesMax
    if more > 0 { notices.append("\(path): \(more) more of its members make no sense") }
  }

  private mutating func take(_ object: JSONObject, of parent: String, _ taken: inout SettingsMember.Taken) {
    for (key, value) in object where value != .null {
      let name = parent.isEmpty ? key : "\(parent).\(key)"
      let shown = VisibleText.line(name, most: SettingsLimits.shownMax)
      if let member = SettingsMember.named(name) {
        written[name] = value
        do throws(JSONDecodingError) { try member.take(value, &taken) } catch {
          taken.flaws.append((error.path.isEmpty ? name : "\(name).\(error.path)", "\(error.reason); it is left out"))
        }
      } else if parent.isEmpty, SettingsMember.isObject(name) {
        if let members = value.object {
          take(members, of: name, &taken)
        } else {
          taken.flaws.append((name, "must be an object, and is \(value.kindName); it is left out"))
        }
      } else if name != "$schema" {
        let known = SettingsMember.all.map(\.name)
        let meant = NearMiss.of(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        taken.flaws.append((shown, "is not known here, and says nothing\(meant)"))
      }
    }
  }
}

extension SettingsText {
  /// What a project's file says before the person has trusted it, and what waits for that.
  ///
  /// `mode` is what would hold without the file.
  func split(mode: PermissionMode) -> (free: Settings, widening: JSON?, personal: [String]) {
    var (free, widening, personal) = (settings, JSONObject(), [String]())
    for member in SettingsMember.all {
      guard let value = written[member.name] else { continue }
      let widens =
        switch member.reach {
        case .acts, .personal: false
        case .widens: true
        case .widensMode: settings.mode.map { $0.freedom > mode.freedom } ?? false
        }
      if member.reach == .personal { personal.append(member.name) }
      guard widens || member.reach == .personal else { continue }
      member.clear(&free)
      if widens { widening[member.name] = value }
    }
    return (free, widening.isEmpty ? nil : JSON.object(widening).sortedByName, personal)
  }

  /// The same without what is the person's own to say, once it was trusted.
  var withoutPersonal: Settings {
    var settings = settings
    for member in SettingsMember.all where member.reach == .personal { member.clear(&settings) }
    return settings
  }
}

extension PermissionMode {
  /// How much happens unasked, in order.
  var freedom: Int {
    switch self {
    case .readOnly: 0
    case .ask: 1
    case .acceptEdits: 2
    case .bypass: 3
    }
  }
}
