import Portal

/// What the product is made of. The order is that of the schema's steps and of the navigation.
package let features: [Feature] =
    Feature.core + [
        .accounts, .home, .year, .creditStatus, .roster, .logins, .imports, .upstream, .years, .figures, .jobs, .audit,
        .policies, .notices, .verification, .portalAPI, .style,
    ]
