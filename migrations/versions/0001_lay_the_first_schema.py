"""Lay the first schema: everything up to an approved match, and the head of the audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "consent_texts",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("title_ko", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("body_ko", sa.String(8000), nullable=False),
        sa.Column("body_en", sa.String(8000), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_texts")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_consent_texts_kind_version")),
    )
    op.create_table(
        "industries",
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("name_ko", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industries")),
        sa.UniqueConstraint("code", name=op.f("uq_industries_code")),
    )
    op.create_table(
        "jobs",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_units", sa.Integer(), nullable=False),
        sa.Column("total_units", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_jobs_state_known")
        ),
        sa.CheckConstraint(
            "done_units >= 0 AND done_units <= total_units", name=op.f("ck_jobs_progress_within_total")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_due", ["state", "run_at"], unique=False)

    op.create_table(
        "kpis",
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("field", sa.String(2), nullable=False),
        sa.Column("name_ko", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("formula", sa.String(300), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('up', 'down')", name=op.f("ck_kpis_direction_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpis")),
        sa.UniqueConstraint("code", name=op.f("uq_kpis_code")),
    )
    op.create_table(
        "organisations",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("brn", sa.String(10), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('firm', 'operator', 'ministry', 'sponsor')", name=op.f("ck_organisations_kind_known")
        ),
        sa.CheckConstraint(
            "brn IS NULL OR length(brn) = 10", name=op.f("ck_organisations_brn_has_ten_digits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("brn", name=op.f("uq_organisations_brn")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("name_ko", sa.String(60), nullable=False),
        sa.Column("short_ko", sa.String(20), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from",
            name=op.f("ck_regions_ends_after_start"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_regions_code_valid_from")),
    )
    op.create_table(
        "request_numbers",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_request_numbers")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_key_created_at", ["key", "created_at"], unique=False)

    op.create_table(
        "snapshots",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "taxonomy_groups",
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("name_ko", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_groups")),
        sa.UniqueConstraint("code", name=op.f("uq_taxonomy_groups_code")),
    )
    op.create_table(
        "taxonomy_terms",
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("group_code", sa.String(5), nullable=False),
        sa.Column("name_ko", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.Column("symptoms_ko", sa.JSON(), nullable=False),
        sa.Column("symptoms_en", sa.JSON(), nullable=False),
        sa.Column("methods_ko", sa.JSON(), nullable=False),
        sa.Column("replaced_by", sa.String(10), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "replaced_by IS NULL OR replaced_by <> code",
            name=op.f("ck_taxonomy_terms_not_replaced_by_itself"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_terms")),
        sa.UniqueConstraint("code", name=op.f("uq_taxonomy_terms_code")),
    )
    with op.batch_alter_table("taxonomy_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taxonomy_terms_group_code"), ["group_code"], unique=False)

    op.create_table(
        "taxonomy_versions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_taxonomy_versions_number")),
    )
    op.create_table(
        "companies",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("industry", sa.String(5), nullable=True),
        sa.Column("region", sa.String(5), nullable=True),
        sa.Column("city", sa.String(60), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("sales", sa.BigInteger(), nullable=True),
        sa.Column("size_class", sa.String(10), nullable=True),
        sa.Column("products", sa.String(500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "employees IS NULL OR employees BETWEEN 0 AND 100000",
            name=op.f("ck_companies_employees_make_sense"),
        ),
        sa.CheckConstraint("sales IS NULL OR sales >= 0", name=op.f("ck_companies_sales_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_companies_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_companies_organisation_id")),
    )
    op.create_table(
        "programmes",
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name_ko", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("ministry_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("check_days", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("objection_days", sa.Integer(), nullable=False),
        sa.Column("matching_days", sa.Integer(), nullable=False),
        sa.Column("preference_days", sa.Integer(), nullable=False),
        sa.Column("offer_days", sa.Integer(), nullable=False),
        sa.Column("reminder_days", sa.Integer(), nullable=False),
        sa.Column("approval_days", sa.Integer(), nullable=False),
        sa.Column("cooling_off_months", sa.Integer(), nullable=False),
        sa.Column("min_candidates", sa.Integer(), nullable=False),
        sa.Column("max_candidates", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('preparing', 'open', 'closed')", name=op.f("ck_programmes_state_known")
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_programmes_budget_not_negative")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_programmes_closes_after_opening")),
        sa.ForeignKeyConstraint(
            ["ministry_id"], ["organisations.id"], name=op.f("fk_programmes_ministry_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisations.id"], name=op.f("fk_programmes_operator_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programmes_ministry_id"), ["ministry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_programmes_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(30), nullable=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(64), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("link_stamp", sa.String(64), nullable=False),
        sa.Column("applied_firm", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('ko', 'en')", name=op.f("ck_users_language_known")),
        sa.CheckConstraint(
            "role IN ('company', 'expert', 'operator', 'ministry', 'sponsor', 'auditor', 'admin')",
            name=op.f("ck_users_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(20), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("event", sa.String(60), nullable=False),
        sa.Column("thing_type", sa.String(40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(previous) = 64", name=op.f("ck_audit_entries_hashes_are_whole")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_actor_id", ["actor_id"], unique=False)
        batch_op.create_index("ix_audit_entries_thing", ["thing_type", "thing_id"], unique=False)

    op.create_table(
        "company_relations",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("brn", sa.String(10), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('customer', 'competitor', 'vendor')", name=op.f("ck_company_relations_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_relations_company_id_companies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_relations")),
        sa.UniqueConstraint(
            "company_id", "kind", "name", name=op.f("uq_company_relations_company_id_kind_name")
        ),
    )
    with op.batch_alter_table("company_relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_relations_company_id"), ["company_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["consent_texts.id"], name=op.f("fk_consents_text_id_consent_texts")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("user_id", "text_id", name=op.f("uq_consents_user_id_text_id")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_user_id"), ["user_id"], unique=False)

    op.create_table(
        "contributions",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pledged > 0 AND received BETWEEN 0 AND pledged",
            name=op.f("ck_contributions_received_within_pledge"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_contributions_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["organisations.id"], name=op.f("fk_contributions_sponsor_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint(
            "programme_id", "sponsor_id", name=op.f("uq_contributions_programme_id_sponsor_id")
        ),
    )
    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contributions_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contributions_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "experts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("headline", sa.String(120), nullable=True),
        sa.Column("bio", sa.String(4000), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("industries", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=True),
        sa.Column("firm_sizes", sa.JSON(), nullable=False),
        sa.Column("small_firm_projects", sa.Integer(), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("available_until", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("days_per_week", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(500), nullable=True),
        sa.Column("no_interests_declared", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'verified' OR (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            name=op.f("ck_experts_verified_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'verified', 'suspended')",
            name=op.f("ck_experts_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'suspended') OR reason IS NOT NULL",
            name=op.f("ck_experts_refusal_has_a_reason"),
        ),
        sa.CheckConstraint(
            "available_until IS NULL OR available_from IS NULL OR available_until >= available_from",
            name=op.f("ck_experts_ends_after_start"),
        ),
        sa.CheckConstraint("capacity BETWEEN 0 AND 10", name=op.f("ck_experts_capacity_makes_sense")),
        sa.CheckConstraint("days_per_week BETWEEN 1 AND 5", name=op.f("ck_experts_days_within_week")),
        sa.CheckConstraint(
            "years IS NULL OR years BETWEEN 0 AND 70", name=op.f("ck_experts_years_make_sense")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_experts_user_id_users")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["users.id"], name=op.f("fk_experts_verified_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_experts_user_id")),
    )
    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experts_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index("ix_experts_state", ["state"], unique=False)

    op.create_table(
        "import_files",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('experts', 'requests')", name=op.f("ck_import_files_kind_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'faulty', 'writing', 'written', 'discarded')",
            name=op.f("ck_import_files_state_known"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_import_files_not_empty")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_import_files_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_import_files_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_import_files_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_files")),
    )
    op.create_table(
        "notices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(60), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_user_id_read_at", ["user_id", "read_at"], unique=False)

    op.create_table(
        "outbox_mails",
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("body", sa.String(8000), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("token_purpose", sa.String(20), nullable=True),
        sa.Column("token_stamp", sa.String(64), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_mails_sent_has_its_time")
        ),
        sa.CheckConstraint("state IN ('pending', 'sent', 'dead')", name=op.f("ck_outbox_mails_state_known")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_outbox_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
    )
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mails_due", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in_sessions",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "tiers",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name_ko", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("government_share", sa.Integer(), nullable=False),
        sa.Column("sponsor_share", sa.Integer(), nullable=False),
        sa.Column("local_share", sa.Integer(), nullable=False),
        sa.Column("firm_share", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "government_share + sponsor_share + local_share + firm_share = 1000",
            name=op.f("ck_tiers_shares_sum_to_the_whole"),
        ),
        sa.CheckConstraint(
            "government_share >= 0 AND sponsor_share >= 0 AND local_share >= 0 AND firm_share >= 0",
            name=op.f("ck_tiers_shares_not_negative"),
        ),
        sa.CheckConstraint(
            "months BETWEEN 1 AND 12 AND visits > 0 AND unit_price > 0",
            name=op.f("ck_tiers_sizes_make_sense"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_tiers_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiers")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_tiers_programme_id_code")),
    )
    with op.batch_alter_table("tiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tiers_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "careers",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("employer", sa.String(120), nullable=False),
        sa.Column("employer_brn", sa.String(10), nullable=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_careers_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_careers_expert_id_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_careers")),
    )
    with op.batch_alter_table("careers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_careers_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "expert_interests",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("brn", sa.String(10), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('employer', 'shares', 'kin', 'vendor')", name=op.f("ck_expert_interests_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_expert_interests_expert_id_experts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_interests")),
    )
    with op.batch_alter_table("expert_interests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_interests_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "expert_skills",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(10), nullable=True),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("last_used", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "last_used IS NULL OR last_used BETWEEN 1950 AND 2100",
            name=op.f("ck_expert_skills_last_used_is_a_year"),
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_expert_skills_level_known")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_expert_skills_expert_id_experts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_skills")),
        sa.UniqueConstraint("expert_id", "words", name=op.f("uq_expert_skills_expert_id_words")),
    )
    with op.batch_alter_table("expert_skills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_skills_expert_id"), ["expert_id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("title", sa.String(120), nullable=True),
        sa.Column("problem", sa.String(4000), nullable=True),
        sa.Column("goal", sa.String(2000), nullable=True),
        sa.Column("kpi_goals", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(10), nullable=True),
        sa.Column("self_check", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("mode", sa.String(10), nullable=True),
        sa.Column("region", sa.String(5), nullable=True),
        sa.Column("place", sa.String(200), nullable=True),
        sa.Column("declarations", sa.JSON(), nullable=False),
        sa.Column("dismissed", sa.JSON(), nullable=False),
        sa.Column("unfinished", sa.JSON(), nullable=False),
        sa.Column("saved_from", sa.String(32), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("objection", sa.String(2000), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_answer", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'checking', 'returned', 'ineligible', 'objected', 'eligible', 'withdrawn')",
            name=op.f("ck_requests_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_requests_submitted_has_its_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('eligible', 'ineligible') OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_requests_decision_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'ineligible') OR reason IS NOT NULL",
            name=op.f("ck_requests_refusal_has_a_reason"),
        ),
        sa.CheckConstraint(
            "months IS NULL OR months BETWEEN 3 AND 6", name=op.f("ck_requests_months_within_programme")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_requests_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_requests_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_requests_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_requests_taken_by_id_users")),
        sa.ForeignKeyConstraint(["tier_id"], ["tiers.id"], name=op.f("fk_requests_tier_id_tiers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("reference", name=op.f("uq_requests_reference")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index("ix_requests_state_submitted_at", ["state", "submitted_at"], unique=False)

    op.create_table(
        "match_cases",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ranking_id", sa.Integer(), nullable=True),
        sa.Column("chosen_id", sa.Integer(), nullable=True),
        sa.Column("overridden_by_id", sa.Integer(), nullable=True),
        sa.Column("first_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name=op.f("ck_match_cases_approval_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('matching', 'proposed', 'offered', 'accepted', 'first_approved', 'approved', 'withdrawn')",
            name=op.f("ck_match_cases_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'first_approved', 'approved') OR chosen_id IS NOT NULL",
            name=op.f("ck_match_cases_accepted_has_a_candidate"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('first_approved', 'approved') OR (first_approved_at IS NOT NULL AND first_approved_by_id IS NOT NULL)",
            name=op.f("ck_match_cases_first_approval_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> first_approved_by_id",
            name=op.f("ck_match_cases_two_people_approve"),
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_match_cases_period_not_empty")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_match_cases_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_id"], ["candidates.id"], name=op.f("fk_match_cases_chosen_id_candidates"), use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["first_approved_by_id"], ["users.id"], name=op.f("fk_match_cases_first_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"], ["users.id"], name=op.f("fk_match_cases_overridden_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_id"],
            ["stored_rankings.id"],
            name=op.f("fk_match_cases_ranking_id_stored_rankings"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_match_cases_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_cases")),
        sa.UniqueConstraint("request_id", name=op.f("uq_match_cases_request_id")),
    )
    with op.batch_alter_table("match_cases", schema=None) as batch_op:
        batch_op.create_index("ix_match_cases_state_entered_at", ["state", "entered_at"], unique=False)

    op.create_table(
        "request_needs",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(10), nullable=True),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 3", name=op.f("ck_request_needs_priority_known")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_request_needs_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_needs")),
        sa.UniqueConstraint("request_id", "words", name=op.f("uq_request_needs_request_id_words")),
    )
    with op.batch_alter_table("request_needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_needs_request_id"), ["request_id"], unique=False)

    op.create_table(
        "candidates",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("preference", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR reason IS NOT NULL", name=op.f("ck_candidates_decline_has_a_reason")
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR (offered_at IS NOT NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_candidates_offer_has_a_deadline"),
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'offered', 'accepted', 'declined', 'expired', 'refused', 'rejected', 'lapsed')",
            name=op.f("ck_candidates_state_known"),
        ),
        sa.CheckConstraint(
            "preference IS NULL OR preference BETWEEN 1 AND 3",
            name=op.f("ck_candidates_preference_within_three"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["match_cases.id"], name=op.f("fk_candidates_case_id_match_cases")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_candidates_expert_id_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("case_id", "expert_id", name=op.f("uq_candidates_case_id_expert_id")),
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidates_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_candidates_expert_id_state", ["expert_id", "state"], unique=False)
        batch_op.create_index("ix_candidates_state_expires_at", ["state", "expires_at"], unique=False)

    op.create_table(
        "stored_rankings",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("vocabulary_digest", sa.String(64), nullable=False),
        sa.Column("experts_digest", sa.String(64), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.String(40), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_hash", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["match_cases.id"], name=op.f("fk_stored_rankings_case_id_match_cases")
        ),
        sa.ForeignKeyConstraint(
            ["experts_digest"], ["snapshots.digest"], name=op.f("fk_stored_rankings_experts_digest_snapshots")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_stored_rankings_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["request_digest"], ["snapshots.digest"], name=op.f("fk_stored_rankings_request_digest_snapshots")
        ),
        sa.ForeignKeyConstraint(
            ["vocabulary_digest"],
            ["snapshots.digest"],
            name=op.f("fk_stored_rankings_vocabulary_digest_snapshots"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_rankings")),
    )
    with op.batch_alter_table("stored_rankings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_rankings_case_id"), ["case_id"], unique=False)

    op.execute("INSERT INTO audit_head (id, entries, hash) VALUES (1, 0, '" + "0" * 64 + "')")
    if op.get_bind().dialect.supports_alter:  # SQLite has these two inside the table
        op.create_foreign_key(
            "fk_match_cases_chosen_id_candidates", "match_cases", "candidates", ["chosen_id"], ["id"]
        )
        op.create_foreign_key(
            "fk_match_cases_ranking_id_stored_rankings",
            "match_cases",
            "stored_rankings",
            ["ranking_id"],
            ["id"],
        )


def downgrade() -> None:
    if op.get_bind().dialect.supports_alter:
        op.drop_constraint("fk_match_cases_chosen_id_candidates", "match_cases")
        op.drop_constraint("fk_match_cases_ranking_id_stored_rankings", "match_cases")
    with op.batch_alter_table("stored_rankings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_rankings_case_id"))

    op.drop_table("stored_rankings")
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index("ix_candidates_state_expires_at")
        batch_op.drop_index("ix_candidates_expert_id_state")
        batch_op.drop_index(batch_op.f("ix_candidates_case_id"))

    op.drop_table("candidates")
    with op.batch_alter_table("request_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_needs_request_id"))

    op.drop_table("request_needs")
    with op.batch_alter_table("match_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_match_cases_state_entered_at")

    op.drop_table("match_cases")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_state_submitted_at")
        batch_op.drop_index(batch_op.f("ix_requests_programme_id"))
        batch_op.drop_index(batch_op.f("ix_requests_company_id"))

    op.drop_table("requests")
    with op.batch_alter_table("expert_skills", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_skills_expert_id"))

    op.drop_table("expert_skills")
    with op.batch_alter_table("expert_interests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_interests_expert_id"))

    op.drop_table("expert_interests")
    with op.batch_alter_table("careers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_careers_expert_id"))

    op.drop_table("careers")
    with op.batch_alter_table("tiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tiers_programme_id"))

    op.drop_table("tiers")
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_sessions_user_id"))

    op.drop_table("sign_in_sessions")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mails_due")

    op.drop_table("outbox_mails")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_user_id_read_at")

    op.drop_table("notices")
    op.drop_table("import_files")
    with op.batch_alter_table("experts", schema=None) as batch_op:
        batch_op.drop_index("ix_experts_state")
        batch_op.drop_index(batch_op.f("ix_experts_changed_at"))

    op.drop_table("experts")
    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contributions_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_contributions_programme_id"))

    op.drop_table("contributions")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_user_id"))

    op.drop_table("consents")
    with op.batch_alter_table("company_relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_relations_company_id"))

    op.drop_table("company_relations")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_thing")
        batch_op.drop_index("ix_audit_entries_actor_id")

    op.drop_table("audit_entries")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_organisation_id"))

    op.drop_table("users")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programmes_operator_id"))
        batch_op.drop_index(batch_op.f("ix_programmes_ministry_id"))

    op.drop_table("programmes")
    op.drop_table("companies")
    op.drop_table("taxonomy_versions")
    with op.batch_alter_table("taxonomy_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taxonomy_terms_group_code"))

    op.drop_table("taxonomy_terms")
    op.drop_table("taxonomy_groups")
    op.drop_table("snapshots")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_key_created_at")

    op.drop_table("sign_in_attempts")
    op.drop_table("request_numbers")
    op.drop_table("regions")
    op.drop_table("organisations")
    op.drop_table("kpis")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due")

    op.drop_table("jobs")
    op.drop_table("industries")
    op.drop_table("consent_texts")
    op.drop_table("audit_head")
