import Database
import Integrity
import Kernel

extension Certificates {
    /// The tables of this module whose rows are authenticated. A stored print is encrypted under its certificate
    /// number.
    package static let tables = [FormSchema.table, CertificateSchema.certificate, CertificateSchema.revocation]
}

enum CertificatesRowCodesSchema {
    static let migrations = [
        Migration(
            "proof-row-codes-1",
            """
            ALTER TABLE certificate_form ADD COLUMN mac BLOB
            ;
            ALTER TABLE certificate ADD COLUMN mac BLOB
            ;
            ALTER TABLE certificate_revocation ADD COLUMN mac BLOB
            """, addingCodesTo: Certificates.tables,
            after: { transaction in
                try FormStore.logForms(transaction)
                try CertificateStore.logRevocations(transaction)
            })
    ]
}
