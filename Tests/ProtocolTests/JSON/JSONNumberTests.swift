import Protocol
import Testing

@Suite struct JSONNumberTests {
  private func number(_ literal: String) throws -> JSONNumber {
    guard case .number(let number) = try JSON.parse(literal) else { throw JSONSyntaxError(offset: 0, reason: literal) }
    return number
  }

  @Test(arguments: [
    "0", "-0", "1", "1.0", "-0.0", "1e3", "1E+400", "1e-400", "12345678901234567890", "0.1", "3.14159265358979323846",
    "9007199254740993", "1E5", "1e05", "123456789012345678901234567890.123456789e-10",
  ])
  func `a number comes back byte for byte`(literal: String) throws {
    #expect(try number(literal).literal == literal)
    #expect(try JSON.parse("[\(literal)]").text == "[\(literal)]")
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("-0.0", 0), ("0e99999999999999999999", 0), ("1.0", 1), ("1e3", 1000), ("-12.50e1", -125),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775807.0", Int.max),
    ("-922337203685477580800e-2", Int.min), ("9007199254740993.0", 9_007_199_254_740_993),
    ("1e18", 1_000_000_000_000_000_000),
  ])
  func `a number without a fraction is whole, however it is written`(literal: String, whole: Int) throws {
    #expect(try number(literal).int == whole)
  }

  @Test(arguments: [
    "0.5", "1e-1", "9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "-9223372036854775809.0",
    "1e19", "1e400", "1e99999999999999999999", "1e-99999999999999999999", "12345678901234567890",
  ])
  func `a fraction, or more than 64 bits, is not whole`(literal: String) throws {
    #expect(try number(literal).int == nil)
  }

  @Test func `other widths have their own range`() throws {
    #expect(try number("18446744073709551615").whole(UInt64.self) == UInt64.max)
    #expect(try number("18446744073709551616").whole(UInt64.self) == nil)
    #expect(try number("-1").whole(UInt64.self) == nil)
    #expect(try number("12.8e1").whole(Int8.self) == nil)
    #expect(try number("-12.8e1").whole(Int8.self) == -128)
    #expect(try number("170141183460469231731687303715884105727").whole(Int128.self) == Int128.max)
  }

  @Test func `binary numbers are the nearest ones and are written in their shortest form`() throws {
    #expect(try number("0.1").double == 0.1)
    #expect(try number("1E+400").double == .infinity)
    #expect(JSONNumber(0.1)?.literal == "0.1")
    #expect(JSONNumber(1e300)?.literal == "1e+300")
    #expect(JSONNumber(Double.nan) == nil && JSONNumber(Double.infinity) == nil)
    for value in [1.5, -2.25e-7, 1e300, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, -0.0, 1e16] {
      #expect(try number(try #require(JSONNumber(value)).literal).double == value)
    }
  }
}
