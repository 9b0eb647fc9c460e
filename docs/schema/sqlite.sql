-- state-change-1
CREATE TABLE state_change (
    number   INTEGER NOT NULL PRIMARY KEY,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    value    TEXT NOT NULL,
    previous BLOB NOT NULL,
    changed  INTEGER NOT NULL,
    mac      BLOB NOT NULL
) STRICT;
CREATE TRIGGER state_change_no_update BEFORE UPDATE ON state_change BEGIN SELECT RAISE(ABORT, 'state_change is append-only'); END;
CREATE TRIGGER state_change_no_delete BEFORE DELETE ON state_change BEGIN SELECT RAISE(ABORT, 'state_change is append-only'); END;

-- numbers-1
CREATE TABLE number_range (
    kind TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL CONSTRAINT number_range_positive CHECK (next > 0)
) STRICT;

CREATE TABLE key_ring (
    one         INTEGER NOT NULL PRIMARY KEY CONSTRAINT key_ring_one CHECK (one = 1),
    fingerprint BLOB NOT NULL
) STRICT;

-- clock-1
CREATE TABLE clock_mark (
    one    INTEGER NOT NULL PRIMARY KEY CONSTRAINT clock_mark_one CHECK (one = 1),
    newest INTEGER NOT NULL
) STRICT;

-- region-1
CREATE TABLE region (
    code TEXT NOT NULL PRIMARY KEY CONSTRAINT region_code CHECK (length(code) IN (6, 9)),
    name TEXT NOT NULL CONSTRAINT region_name CHECK (name <> '')
) STRICT;

-- organisation-1
CREATE TABLE organisation (
    number   INTEGER NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL CONSTRAINT organisation_name CHECK (name <> ''),
    role     TEXT NOT NULL CONSTRAINT organisation_role CHECK (role IN ('authority', 'employer', 'agency')),
    uscc     TEXT CONSTRAINT organisation_uscc UNIQUE,
    nature   TEXT NOT NULL,
    region   TEXT NOT NULL REFERENCES region (code),
    upstream INTEGER REFERENCES organisation (number),
    CONSTRAINT organisation_not_above_itself CHECK (upstream <> number)
) STRICT;

CREATE UNIQUE INDEX organisation_by_name ON organisation (region, name);

CREATE INDEX organisation_by_upstream ON organisation (upstream);

-- person-1
CREATE TABLE person (
    number       INTEGER NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL CONSTRAINT person_name CHECK (name <> ''),
    id_sealed    BLOB NOT NULL,
    id_lookup    BLOB NOT NULL CONSTRAINT person_id UNIQUE,
    phone_sealed BLOB,
    alias        INTEGER REFERENCES person (number),
    CONSTRAINT person_not_own_alias CHECK (alias <> number)
) STRICT;

CREATE INDEX person_by_alias ON person (alias);

CREATE INDEX person_by_name ON person (name);

CREATE TABLE person_merge (
    person  INTEGER NOT NULL REFERENCES person (number),
    turn    INTEGER NOT NULL,
    target  INTEGER REFERENCES person (number),
    reason  TEXT NOT NULL CONSTRAINT person_merge_reason CHECK (reason <> ''),
    decided INTEGER NOT NULL,
    PRIMARY KEY (person, turn)
) STRICT;
CREATE TRIGGER person_merge_no_update BEFORE UPDATE ON person_merge BEGIN SELECT RAISE(ABORT, 'person_merge is append-only'); END;
CREATE TRIGGER person_merge_no_delete BEFORE DELETE ON person_merge BEGIN SELECT RAISE(ABORT, 'person_merge is append-only'); END;

-- person-2
CREATE INDEX person_merge_by_target ON person_merge (target);

-- employment-1
CREATE TABLE employment (
    person       INTEGER NOT NULL REFERENCES person (number),
    turn         INTEGER NOT NULL,
    organisation INTEGER NOT NULL REFERENCES organisation (number),
    relation     TEXT NOT NULL,
    from_day     TEXT NOT NULL,
    to_day       TEXT NOT NULL,
    learned      INTEGER NOT NULL,
    replaces     INTEGER,
    PRIMARY KEY (person, turn),
    CONSTRAINT employment_once UNIQUE (person, replaces),
    CONSTRAINT employment_days CHECK (from_day <= to_day)
) STRICT;

CREATE INDEX employment_by_organisation ON employment (organisation, person);

CREATE TABLE person_fact (
    person   INTEGER NOT NULL REFERENCES person (number),
    turn     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL,
    learned  INTEGER NOT NULL,
    replaces INTEGER,
    PRIMARY KEY (person, turn),
    CONSTRAINT person_fact_once UNIQUE (person, replaces),
    CONSTRAINT person_fact_days CHECK (from_day <= to_day)
) STRICT;
CREATE TRIGGER employment_no_update BEFORE UPDATE ON employment BEGIN SELECT RAISE(ABORT, 'employment is append-only'); END;
CREATE TRIGGER employment_no_delete BEFORE DELETE ON employment BEGIN SELECT RAISE(ABORT, 'employment is append-only'); END;
CREATE TRIGGER person_fact_no_update BEFORE UPDATE ON person_fact BEGIN SELECT RAISE(ABORT, 'person_fact is append-only'); END;
CREATE TRIGGER person_fact_no_delete BEFORE DELETE ON person_fact BEGIN SELECT RAISE(ABORT, 'person_fact is append-only'); END;

-- employment-2
CREATE INDEX person_fact_by_value ON person_fact (name, value, person);

-- account-1
CREATE TABLE account (
    number   INTEGER NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL CONSTRAINT account_name CHECK (name <> ''),
    person   INTEGER CONSTRAINT account_person UNIQUE REFERENCES person (number),
    password BLOB NOT NULL,
    first    INTEGER NOT NULL CONSTRAINT account_first CHECK (first IN (0, 1)),
    demo     INTEGER NOT NULL CONSTRAINT account_demo CHECK (demo IN (0, 1)),
    created  INTEGER NOT NULL
) STRICT;

CREATE TABLE account_login (
    lookup  BLOB NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (number)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_role (
    account      INTEGER NOT NULL REFERENCES account (number),
    role         TEXT NOT NULL,
    organisation INTEGER REFERENCES organisation (number),
    granted      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX account_role_once ON account_role (account, role, coalesce(organisation, 0));

CREATE TABLE account_session (
    token        BLOB NOT NULL PRIMARY KEY,
    account      INTEGER NOT NULL REFERENCES account (number),
    role         TEXT NOT NULL,
    organisation INTEGER REFERENCES organisation (number),
    begun        INTEGER NOT NULL,
    seen         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_session_by_account ON account_session (account);

CREATE INDEX account_session_by_seen ON account_session (seen);

CREATE TABLE account_device (
    account INTEGER NOT NULL REFERENCES account (number),
    device  BLOB NOT NULL,
    seen    INTEGER NOT NULL,
    PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_miss (
    lookup BLOB NOT NULL,
    device BLOB NOT NULL,
    misses INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (lookup, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX account_miss_by_last ON account_miss (last);

-- session-device-1
ALTER TABLE account_session ADD COLUMN device BLOB;

CREATE INDEX account_session_by_device ON account_session (device);

-- token-1
CREATE TABLE api_token (
    hash        BLOB NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL CONSTRAINT api_token_name CHECK (name <> ''),
    account     INTEGER NOT NULL REFERENCES account (number),
    role        TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    ended       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_token_by_account ON api_token (account);

-- notice-1
CREATE TABLE notice (
    number    INTEGER NOT NULL PRIMARY KEY,
    title     TEXT NOT NULL CONSTRAINT notice_title CHECK (title <> ''),
    body      TEXT NOT NULL CONSTRAINT notice_body CHECK (body <> ''),
    published INTEGER NOT NULL,
    account   INTEGER NOT NULL REFERENCES account (number)
) STRICT;

CREATE TABLE notice_withdrawal (
    notice    INTEGER NOT NULL PRIMARY KEY REFERENCES notice (number),
    reason    TEXT NOT NULL CONSTRAINT notice_withdrawal_reason CHECK (reason <> ''),
    withdrawn INTEGER NOT NULL,
    account   INTEGER NOT NULL REFERENCES account (number)
) STRICT;
CREATE TRIGGER notice_no_update BEFORE UPDATE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
CREATE TRIGGER notice_no_delete BEFORE DELETE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
CREATE TRIGGER notice_withdrawal_no_update BEFORE UPDATE ON notice_withdrawal BEGIN SELECT RAISE(ABORT, 'notice_withdrawal is append-only'); END;
CREATE TRIGGER notice_withdrawal_no_delete BEFORE DELETE ON notice_withdrawal BEGIN SELECT RAISE(ABORT, 'notice_withdrawal is append-only'); END;

-- people-row-codes-1
ALTER TABLE region ADD COLUMN mac BLOB;

ALTER TABLE organisation ADD COLUMN mac BLOB;

ALTER TABLE person ADD COLUMN mac BLOB;

ALTER TABLE person_merge ADD COLUMN mac BLOB;

ALTER TABLE employment ADD COLUMN mac BLOB;

ALTER TABLE person_fact ADD COLUMN mac BLOB;

ALTER TABLE account ADD COLUMN mac BLOB;

ALTER TABLE account_login ADD COLUMN mac BLOB;

ALTER TABLE account_role ADD COLUMN mac BLOB;

ALTER TABLE account_session ADD COLUMN mac BLOB;

ALTER TABLE api_token ADD COLUMN mac BLOB;

-- audit-1
CREATE TABLE audit_chain (
    chain   TEXT NOT NULL PRIMARY KEY CONSTRAINT audit_chain_name CHECK (chain <> ''),
    records INTEGER NOT NULL CONSTRAINT audit_chain_records CHECK (records > 0),
    time    INTEGER NOT NULL,
    head    BLOB NOT NULL,
    mac     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_record (
    chain        TEXT NOT NULL CONSTRAINT audit_record_chain CHECK (chain <> ''),
    number       INTEGER NOT NULL CONSTRAINT audit_record_number CHECK (number > 0),
    time         INTEGER NOT NULL,
    account      INTEGER,
    role         TEXT NOT NULL,
    organisation INTEGER,
    address      TEXT NOT NULL,
    act          TEXT NOT NULL CONSTRAINT audit_record_act CHECK (act <> ''),
    object_kind  TEXT NOT NULL,
    object       TEXT NOT NULL,
    person       INTEGER,
    result       TEXT NOT NULL CONSTRAINT audit_record_result CHECK (result <> ''),
    detail       TEXT NOT NULL,
    mac          BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_record_by_time ON audit_record (time, chain, number);

CREATE INDEX audit_record_by_act ON audit_record (act, time, chain, number);

CREATE INDEX audit_record_by_person ON audit_record (person, time, chain, number) WHERE person IS NOT NULL;

CREATE INDEX audit_record_refused ON audit_record (time, chain, number) WHERE result <> 'done';
CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record BEGIN SELECT RAISE(ABORT, 'audit_record is append-only'); END;
CREATE TRIGGER audit_record_no_delete BEFORE DELETE ON audit_record BEGIN SELECT RAISE(ABORT, 'audit_record is append-only'); END;

-- audit-2
CREATE INDEX audit_record_by_object ON audit_record (object_kind, object, time, chain, number);

-- audit-3
CREATE TABLE act_position (
    subscription TEXT NOT NULL,
    chain        TEXT NOT NULL,
    number       INTEGER NOT NULL CONSTRAINT act_position_number CHECK (number >= 0),
    PRIMARY KEY (subscription, chain)
) STRICT, WITHOUT ROWID;

-- upstream-1
CREATE TABLE upstream_request (
    number       INTEGER NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CONSTRAINT upstream_request_kind
                 CHECK (kind IN ('transfer', 'period', 'authors')),
    person       INTEGER NOT NULL REFERENCES person (number),
    organisation INTEGER NOT NULL REFERENCES organisation (number),
    account      INTEGER NOT NULL REFERENCES account (number),
    other        INTEGER REFERENCES organisation (number),
    wanted       TEXT NOT NULL,
    asked        INTEGER NOT NULL,
    mac          BLOB NOT NULL
) STRICT;

CREATE INDEX upstream_request_by_organisation ON upstream_request (organisation, asked);

CREATE INDEX upstream_request_by_person ON upstream_request (person);

CREATE TABLE upstream_answer (
    request  INTEGER NOT NULL PRIMARY KEY REFERENCES upstream_request (number),
    done     INTEGER NOT NULL CONSTRAINT upstream_answer_done CHECK (done IN (0, 1)),
    reason   TEXT NOT NULL CONSTRAINT upstream_answer_reason CHECK (done = 1 OR reason <> ''),
    account  INTEGER NOT NULL REFERENCES account (number),
    answered INTEGER NOT NULL,
    mac      BLOB NOT NULL
) STRICT;
CREATE TRIGGER upstream_request_no_update BEFORE UPDATE ON upstream_request BEGIN SELECT RAISE(ABORT, 'upstream_request is append-only'); END;
CREATE TRIGGER upstream_request_no_delete BEFORE DELETE ON upstream_request BEGIN SELECT RAISE(ABORT, 'upstream_request is append-only'); END;
CREATE TRIGGER upstream_answer_no_update BEFORE UPDATE ON upstream_answer BEGIN SELECT RAISE(ABORT, 'upstream_answer is append-only'); END;
CREATE TRIGGER upstream_answer_no_delete BEFORE DELETE ON upstream_answer BEGIN SELECT RAISE(ABORT, 'upstream_answer is append-only'); END;

-- upstream-2
CREATE TABLE upstream_waiting (
    request INTEGER NOT NULL PRIMARY KEY REFERENCES upstream_request (number)
) STRICT;

INSERT INTO upstream_waiting (request)
SELECT r.number FROM upstream_request r
WHERE NOT EXISTS (SELECT 1 FROM upstream_answer a WHERE a.request = r.number);

-- password-reset-1
CREATE TABLE password_reset (
    account      INTEGER NOT NULL REFERENCES account (number),
    turn         INTEGER NOT NULL,
    by_account   INTEGER NOT NULL REFERENCES account (number),
    organisation INTEGER REFERENCES organisation (number),
    reason       TEXT NOT NULL CONSTRAINT password_reset_reason CHECK (reason <> ''),
    given        INTEGER NOT NULL,
    PRIMARY KEY (account, turn)
) STRICT;
CREATE TRIGGER password_reset_no_update BEFORE UPDATE ON password_reset BEGIN SELECT RAISE(ABORT, 'password_reset is append-only'); END;
CREATE TRIGGER password_reset_no_delete BEFORE DELETE ON password_reset BEGIN SELECT RAISE(ABORT, 'password_reset is append-only'); END;

-- people-row-codes-2
ALTER TABLE notice ADD COLUMN mac BLOB;

ALTER TABLE notice_withdrawal ADD COLUMN mac BLOB;

ALTER TABLE password_reset ADD COLUMN mac BLOB;

-- organisation-4
ALTER TABLE organisation ADD COLUMN jurisdiction TEXT REFERENCES region (code);

CREATE UNIQUE INDEX organisation_by_jurisdiction ON organisation (jurisdiction);

-- organisation-2
ALTER TABLE organisation ADD COLUMN name_form TEXT;

CREATE INDEX organisation_by_form ON organisation (region, name_form);

-- organisation-3

-- person-3
ALTER TABLE person ADD COLUMN id_kind TEXT;

ALTER TABLE person ADD COLUMN name_typed TEXT;

-- organisation-5

-- answer-1
CREATE TABLE api_answer (
    key     BLOB NOT NULL PRIMARY KEY,
    request BLOB NOT NULL,
    turn    BLOB NOT NULL,
    lease   INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    answer  BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX api_answer_by_expiry ON api_answer (expires);

-- login-batch-1
CREATE TABLE login_batch (
    number       INTEGER NOT NULL PRIMARY KEY,
    account      INTEGER NOT NULL REFERENCES account (number),
    organisation INTEGER REFERENCES organisation (number),
    bureau       INTEGER NOT NULL CONSTRAINT login_batch_bureau CHECK (bureau IN (0, 1)),
    scope        TEXT NOT NULL,
    reason       TEXT NOT NULL CONSTRAINT login_batch_reason CHECK (reason <> ''),
    made         INTEGER NOT NULL,
    expires      INTEGER NOT NULL CONSTRAINT login_batch_expires CHECK (expires > made),
    opened       INTEGER NOT NULL CONSTRAINT login_batch_opened CHECK (opened >= 0),
    fetched      INTEGER,
    ended        INTEGER,
    mac          BLOB NOT NULL
) STRICT;

CREATE TABLE login_code (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES account (number),
    batch   INTEGER NOT NULL REFERENCES login_batch (number),
    mac     BLOB NOT NULL
) STRICT;

CREATE INDEX login_code_by_batch ON login_code (batch);

CREATE TABLE login_slip (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES account (number),
    batch   INTEGER NOT NULL REFERENCES login_batch (number),
    sealed  BLOB NOT NULL
) STRICT;

CREATE INDEX login_slip_by_batch ON login_slip (batch);

-- policy-book-1
CREATE TABLE policy_version (
    number    INTEGER NOT NULL PRIMARY KEY,
    key       TEXT NOT NULL,
    version   INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    flat      TEXT NOT NULL,
    published INTEGER NOT NULL,
    CONSTRAINT policy_version_order UNIQUE (key, version),
    CONSTRAINT policy_version_text UNIQUE (key, hash)
) STRICT;
CREATE TRIGGER policy_version_no_update BEFORE UPDATE ON policy_version BEGIN SELECT RAISE(ABORT, 'policy_version is append-only'); END;
CREATE TRIGGER policy_version_no_delete BEFORE DELETE ON policy_version BEGIN SELECT RAISE(ABORT, 'policy_version is append-only'); END;

-- recognition-1
CREATE TABLE evidence (
    person    INTEGER NOT NULL REFERENCES person (number),
    number    INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    source    TEXT NOT NULL,
    reference TEXT NOT NULL,
    kind      TEXT NOT NULL,
    facts     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    received  INTEGER NOT NULL,
    PRIMARY KEY (person, number, version),
    CONSTRAINT evidence_source UNIQUE (person, source, reference, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    person   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    evidence INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    policy   INTEGER REFERENCES policy_version (number),
    credited INTEGER NOT NULL CONSTRAINT decision_credited CHECK (credited IN (0, 1)),
    words    TEXT NOT NULL,
    facts    TEXT NOT NULL,
    decided  INTEGER NOT NULL,
    PRIMARY KEY (person, number),
    CONSTRAINT decision_on_evidence FOREIGN KEY (person, evidence, version)
        REFERENCES evidence (person, number, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE work (
    name    TEXT NOT NULL PRIMARY KEY,
    authors INTEGER CONSTRAINT work_authors CHECK (authors > 0)
) STRICT;

CREATE TABLE claim (
    work     TEXT NOT NULL REFERENCES work (name),
    claimant INTEGER NOT NULL REFERENCES person (number),
    level    TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    CONSTRAINT claim_once PRIMARY KEY (work, claimant, level)
) STRICT;

CREATE INDEX claim_by_evidence ON claim (claimant, evidence);
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;

-- recognition-2
ALTER TABLE decision ADD COLUMN basis TEXT;

-- ledger-1
CREATE TABLE entry (
    person     INTEGER NOT NULL REFERENCES person (number),
    number     INTEGER NOT NULL CONSTRAINT entry_number CHECK (number > 0),
    reverses   INTEGER,
    follows    INTEGER NOT NULL,
    evidence   INTEGER NOT NULL,
    decision   INTEGER NOT NULL,
    policy     INTEGER NOT NULL REFERENCES policy_version (number),
    policy_key TEXT NOT NULL,
    day        TEXT NOT NULL,
    year       INTEGER NOT NULL,
    subject    TEXT NOT NULL,
    hours      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    tags       TEXT NOT NULL,
    work       TEXT NOT NULL,
    entered    INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    PRIMARY KEY (person, number),
    CONSTRAINT entry_reversed_once UNIQUE (person, reverses),
    CONSTRAINT entry_reverses FOREIGN KEY (person, reverses) REFERENCES entry (person, number),
    CONSTRAINT entry_hash CHECK (length(hash) = 32),
    CONSTRAINT entry_order CHECK (reverses < number AND follows < number),
    CONSTRAINT entry_sign CHECK ((reverses IS NULL AND hours > 0) OR (reverses IS NOT NULL AND hours < 0))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX entry_one_standing ON entry (person, evidence, policy_key, year, subject, follows)
    WHERE reverses IS NULL;

CREATE TABLE chain (
    person  INTEGER NOT NULL PRIMARY KEY REFERENCES person (number),
    entries INTEGER NOT NULL,
    head    BLOB NOT NULL CONSTRAINT chain_head CHECK (length(head) = 32)
) STRICT;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;

-- standing-1
CREATE TABLE standing (
    person      INTEGER NOT NULL REFERENCES person (number),
    policy_key  TEXT NOT NULL,
    period_from TEXT NOT NULL,
    year        INTEGER NOT NULL,
    policy      INTEGER NOT NULL REFERENCES policy_version (number),
    outcome     TEXT NOT NULL
                CONSTRAINT standing_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
    body        TEXT NOT NULL,
    PRIMARY KEY (person, policy_key, period_from)
) STRICT, WITHOUT ROWID;

-- standing-2
CREATE INDEX standing_by_outcome ON standing (year, outcome, person);

-- standing-3
ALTER TABLE standing ADD COLUMN waivers TEXT;

-- settlement-1
CREATE TABLE year_state (
    year    INTEGER NOT NULL,
    turn    INTEGER NOT NULL,
    state   TEXT NOT NULL CONSTRAINT year_state_known CHECK (state IN ('open', 'closing', 'settled')),
    reason  TEXT NOT NULL,
    decided INTEGER NOT NULL,
    PRIMARY KEY (year, turn)
) STRICT;

CREATE TABLE settled (
    person      INTEGER NOT NULL REFERENCES person (number),
    policy_key  TEXT NOT NULL,
    period_from TEXT NOT NULL,
    version     INTEGER NOT NULL,
    year        INTEGER NOT NULL,
    policy      INTEGER NOT NULL REFERENCES policy_version (number),
    outcome     TEXT NOT NULL
                CONSTRAINT settled_outcome CHECK (outcome IN ('qualified', 'short', 'exempt')),
    body        TEXT NOT NULL,
    hash        BLOB NOT NULL CONSTRAINT settled_hash CHECK (length(hash) = 32),
    reason      TEXT NOT NULL,
    settled     INTEGER NOT NULL,
    PRIMARY KEY (person, policy_key, period_from, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER year_state_no_update BEFORE UPDATE ON year_state BEGIN SELECT RAISE(ABORT, 'year_state is append-only'); END;
CREATE TRIGGER year_state_no_delete BEFORE DELETE ON year_state BEGIN SELECT RAISE(ABORT, 'year_state is append-only'); END;
CREATE TRIGGER settled_no_update BEFORE UPDATE ON settled BEGIN SELECT RAISE(ABORT, 'settled is append-only'); END;
CREATE TRIGGER settled_no_delete BEFORE DELETE ON settled BEGIN SELECT RAISE(ABORT, 'settled is append-only'); END;

-- settlement-2
ALTER TABLE settled ADD COLUMN turn INTEGER;

-- settlement-3
CREATE INDEX settled_opened ON settled (year, person) WHERE turn = 0;

-- registry-row-codes-1
ALTER TABLE policy_version ADD COLUMN mac BLOB;

ALTER TABLE evidence ADD COLUMN mac BLOB;

ALTER TABLE decision ADD COLUMN mac BLOB;

ALTER TABLE work ADD COLUMN mac BLOB;

ALTER TABLE claim ADD COLUMN mac BLOB;

ALTER TABLE entry ADD COLUMN mac BLOB;

ALTER TABLE chain ADD COLUMN mac BLOB;

ALTER TABLE standing ADD COLUMN mac BLOB;

ALTER TABLE year_state ADD COLUMN mac BLOB;

ALTER TABLE settled ADD COLUMN mac BLOB;

-- standing-4

-- recognition-3

-- certificate-form-1
CREATE TABLE certificate_form (
    number    INTEGER NOT NULL PRIMARY KEY,
    key       TEXT NOT NULL,
    version   INTEGER NOT NULL,
    region    TEXT NOT NULL,
    text      TEXT NOT NULL,
    hash      BLOB NOT NULL CONSTRAINT certificate_form_hash CHECK (length(hash) = 32),
    published INTEGER NOT NULL,
    CONSTRAINT certificate_form_version UNIQUE (key, version)
) STRICT;
CREATE TRIGGER certificate_form_no_update BEFORE UPDATE ON certificate_form BEGIN SELECT RAISE(ABORT, 'certificate_form is append-only'); END;
CREATE TRIGGER certificate_form_no_delete BEFORE DELETE ON certificate_form BEGIN SELECT RAISE(ABORT, 'certificate_form is append-only'); END;

-- certificate-1
CREATE TABLE certificate (
    number      TEXT NOT NULL PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES person (number),
    kind        TEXT NOT NULL CONSTRAINT certificate_kind CHECK (kind IN ('annual', 'hours')),
    standing_key  TEXT NOT NULL,
    period_from TEXT NOT NULL,
    settled     INTEGER NOT NULL,
    entry       INTEGER NOT NULL,
    holder      BLOB NOT NULL,
    turn        INTEGER NOT NULL,
    code        BLOB NOT NULL,
    issued      INTEGER NOT NULL,
    CONSTRAINT certificate_once
        UNIQUE (person, kind, standing_key, period_from, settled, entry, holder, turn),
    CONSTRAINT certificate_subject
        CHECK ((kind = 'annual') = (settled > 0) AND (kind = 'hours') = (entry > 0))
) STRICT;

CREATE TABLE certificate_print (
    number  TEXT NOT NULL PRIMARY KEY REFERENCES certificate (number),
    pdf     BLOB NOT NULL,
    printed INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate_revocation (
    number  TEXT NOT NULL PRIMARY KEY REFERENCES certificate (number),
    reason  TEXT NOT NULL CONSTRAINT certificate_revocation_reason CHECK (reason <> ''),
    revoked INTEGER NOT NULL
) STRICT;
CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate BEGIN SELECT RAISE(ABORT, 'certificate is append-only'); END;
CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'certificate is append-only'); END;
CREATE TRIGGER certificate_print_no_update BEFORE UPDATE ON certificate_print BEGIN SELECT RAISE(ABORT, 'certificate_print is append-only'); END;
CREATE TRIGGER certificate_print_no_delete BEFORE DELETE ON certificate_print BEGIN SELECT RAISE(ABORT, 'certificate_print is append-only'); END;
CREATE TRIGGER certificate_revocation_no_update BEFORE UPDATE ON certificate_revocation BEGIN SELECT RAISE(ABORT, 'certificate_revocation is append-only'); END;
CREATE TRIGGER certificate_revocation_no_delete BEFORE DELETE ON certificate_revocation BEGIN SELECT RAISE(ABORT, 'certificate_revocation is append-only'); END;

-- verification-1
CREATE TABLE verification_guess (
    number  TEXT NOT NULL,
    day     TEXT NOT NULL,
    guesses INTEGER NOT NULL,
    PRIMARY KEY (number, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX verification_guess_by_day ON verification_guess (day);

-- proof-row-codes-1
ALTER TABLE certificate_form ADD COLUMN mac BLOB;

ALTER TABLE certificate ADD COLUMN mac BLOB;

ALTER TABLE certificate_revocation ADD COLUMN mac BLOB;

-- file-1
CREATE TABLE file (
    hash   BLOB NOT NULL PRIMARY KEY CONSTRAINT file_hash CHECK (length(hash) = 32),
    size   INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    kept   INTEGER NOT NULL
) STRICT;

-- file-2
CREATE TABLE stored_file (
    hash BLOB NOT NULL PRIMARY KEY CONSTRAINT stored_file_hash CHECK (length(hash) = 32),
    size INTEGER NOT NULL,
    kept INTEGER NOT NULL
) STRICT;

CREATE TABLE stored_piece (
    hash   BLOB NOT NULL REFERENCES stored_file (hash),
    piece  INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (hash, piece)
) STRICT;

-- file-3
ALTER TABLE stored_file ADD COLUMN place BLOB CONSTRAINT stored_file_place CHECK (length(place) = 8);

ALTER TABLE stored_file ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0
    CONSTRAINT stored_file_public CHECK (is_public IN (0, 1));

CREATE INDEX stored_file_by_kept ON stored_file (kept, hash);

CREATE TABLE stored_reference (
    owner  TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL REFERENCES stored_file (hash),
    PRIMARY KEY (owner, number, hash)
) STRICT;

CREATE INDEX stored_reference_by_hash ON stored_reference (hash);

CREATE TABLE dropped_file (
    hash      BLOB NOT NULL,
    place     BLOB NOT NULL,
    is_public INTEGER NOT NULL,
    PRIMARY KEY (hash, place)
) STRICT;

CREATE TABLE file_folder (
    id BLOB NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE file_upload (
    account INTEGER NOT NULL,
    time    INTEGER NOT NULL,
    size    INTEGER NOT NULL
) STRICT;

CREATE INDEX file_upload_by_account ON file_upload (account, time);

-- job-1
CREATE TABLE job (
    number      INTEGER NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL,
    account     INTEGER NOT NULL,
    detail      TEXT NOT NULL,
    input       BLOB,
    input_name  TEXT NOT NULL,
    state       TEXT NOT NULL
                CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempt     INTEGER NOT NULL,
    lease       INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    total       INTEGER NOT NULL,
    result      TEXT NOT NULL,
    output      BLOB,
    output_name TEXT NOT NULL,
    created     INTEGER NOT NULL,
    ended       INTEGER NOT NULL
) STRICT;

CREATE INDEX job_by_state ON job (state, number);

CREATE INDEX job_by_account ON job (account, number);

-- job-2
ALTER TABLE job ADD COLUMN told BLOB;

ALTER TABLE job ADD COLUMN answered BLOB;

ALTER TABLE job ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN faults TEXT NOT NULL DEFAULT '';

CREATE INDEX job_by_turn ON job (account, begun);

-- job-3
ALTER TABLE job DROP COLUMN title;

ALTER TABLE job DROP COLUMN detail;

ALTER TABLE job DROP COLUMN input_name;

ALTER TABLE job DROP COLUMN result;

ALTER TABLE job DROP COLUMN output_name;

DROP TABLE file;

-- job-4
ALTER TABLE job ADD COLUMN order_key TEXT;

ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX job_by_key ON job (kind, account, order_key)
    WHERE order_key IS NOT NULL AND state IN ('waiting', 'running');

-- job-5
INSERT INTO stored_reference (owner, number, hash)
SELECT 'job', number, input FROM job
WHERE state IN ('waiting', 'running') AND input IN (SELECT hash FROM stored_file);

UPDATE stored_file SET kept = (SELECT max(ended) FROM job WHERE input = hash OR output = hash)
WHERE kept < (SELECT max(ended) FROM job WHERE input = hash OR output = hash);

-- job-6
ALTER TABLE job DROP COLUMN faults;

ALTER TABLE job ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN all_crashes INTEGER NOT NULL DEFAULT 0;

ALTER TABLE job ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;

-- outbox-1
CREATE TABLE outbox_message (
    number   INTEGER NOT NULL PRIMARY KEY,
    id       TEXT NOT NULL CONSTRAINT outbox_message_once UNIQUE,
    channel  TEXT NOT NULL,
    state    TEXT NOT NULL
             CONSTRAINT outbox_message_state
             CHECK (state IN ('created', 'sending', 'delivered', 'failed')),
    content  BLOB,
    attempt  INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    due      INTEGER NOT NULL,
    lease    INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    ended    INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_message_by_state ON outbox_message (channel, state, due);
