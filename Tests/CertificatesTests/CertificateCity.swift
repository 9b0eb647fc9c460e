import Database
import Documents
import Foundation
import Kernel
import People
import Registry
import Signing
import Testbed
import Testing

@testable import Certificates

extension City {
    /// Adds a person with 30 and 60 hours in 2022.
    func qualified(_ name: String) async throws -> ID<Person> {
        let person = try await add(name)
        _ = try await recognise(person, SampleEvidence.course("公需", 30, "public"), reference: "p")
        _ = try await recognise(person, SampleEvidence.course("专业", 60), reference: "q")
        return person
    }

    /// Settles 2022 and issues; returns the number of the last certificate.
    func issued(_ name: String) async throws -> (person: ID<Person>, number: CertificateNumber) {
        try await publishForm()
        let person = try await qualified(name)
        _ = try await registry.settle(Year(2022))
        return (person, try required(try await certificates.issue(Year(2022)).last))
    }

    func state(_ number: CertificateNumber) async throws -> Verification {
        try await certificates.verify(.number(number))
    }
}
