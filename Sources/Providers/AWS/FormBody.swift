/// The body of a request in AWS's query protocol: `application/x-www-form-urlencoded`.
enum FormBody {
  /// The fields in order; all but RFC 3986's unreserved characters is percent-encoded.
  static func bytes(_ fields: [(name: String, value: String)]) -> [UInt8] {
    var body: [UInt8] = []
    for field in fields {
      if !body.isEmpty { body.append(UInt8(ascii: "&")) }
      append(field.name, to: &body)
      body.append(UInt8(ascii: "="))
      append(field.value, to: &body)
    }
    return body
  }

  private static func append(_ text: String, to body: inout [UInt8]) {
    let digits: StaticString = "0123456789ABCDEF"
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        body.append(byte)
      default:
        body.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { unsafe body.append(digits.utf8Start[Int(digit)]) }
      }
    }
  }
}
