/// The body of a request in AWS's query protocol: `application/x-www-form-urlencoded`.
enum FormBody {
  /// The fields in order; all but RFC 3986's unreserved characters is percent-encoded.
  static func bytes(_ fields: [(name: String, value: String)]) -> [UInt8] {
    let pairs = fields.map { field in
      PercentEncoding.encode(field.name.utf8) + [UInt8(ascii: "=")] + PercentEncoding.encode(field.value.utf8)
    }
    return Array(pairs.joined(separator: [UInt8(ascii: "&")]))
  }
}
