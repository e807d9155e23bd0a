internal import OperatingSystem

/// A name as a person sees it: what looks the same is the same.
///
/// Letters with accents have two spellings, screenshots of macOS have narrow spaces in their names, and chats curl quotes;
/// whoever reads such a name and types it again writes other bytes.
struct SightName: Hashable {
  private let text: String

  init(_ name: FileName) {
    var seen = ""
    for scalar in name.text.unicodeScalars {
      switch scalar.value {
      case 0x2018, 0x2019, 0x201B, 0x02BC, 0x2032: seen.unicodeScalars.append("'")
      case 0x201C, 0x201D, 0x201F, 0x2033: seen.unicodeScalars.append("\"")
      case 0x2010, 0x2011: seen.unicodeScalars.append("-")
      case 0xFEFF, 0x200B...0x200F, 0x202A...0x202E, 0x2060: break
      default: seen.unicodeScalars.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
      }
    }
    text = seen
  }

  /// Whether a name has something in it that may be written otherwise.
  static func mayDiffer(_ name: FileName) -> Bool {
    name.bytes.contains { $0 >= 0x80 || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
  }

  /// The one name in a folder that looks like this one; `nil` when there are several, or none.
  static func match(_ name: FileName, in folder: [FileName]) -> FileName? {
    guard mayDiffer(name), let open = try? OpenFolder(path: FileName.absolute(folder)),
      let entries = try? open.entries()
    else { return nil }
    // Equal in Swift is what is canonically equivalent in Unicode.
    let wanted = SightName(name)
    let found = entries.map(\.name).filter { SightName($0) == wanted }
    return found.count == 1 ? found.first : nil
  }
}
