"""The ledgers of the instruments app."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("record", "0003_statistics"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("number", models.CharField(max_length=100, verbose_name="certificate number")),
                ("issuer", models.CharField(max_length=200, verbose_name="issuer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("verification", "verification"),
                            ("calibration", "calibration"),
                            ("result_notice", "result_notice"),
                        ],
                        max_length=16,
                        verbose_name="kind of certificate",
                    ),
                ),
                ("instrument", models.CharField(blank=True, max_length=64, verbose_name="instrument")),
                ("chain", models.CharField(blank=True, max_length=64, verbose_name="chain")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("qualified", "qualified"),
                            ("restricted", "restricted"),
                            ("unqualified", "unqualified"),
                            ("none", "none"),
                        ],
                        default="qualified",
                        max_length=16,
                        verbose_name="result",
                    ),
                ),
                ("accuracy_class", models.CharField(blank=True, max_length=40, verbose_name="class in the certificate")),
                ("uncertainty", models.DecimalField(blank=True, decimal_places=9, max_digits=20, null=True, verbose_name="U")),
                (
                    "coverage_factor",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True, verbose_name="k"),
                ),
                ("uncertainty_unit", models.CharField(blank=True, max_length=20, verbose_name="unit of U")),
                (
                    "range_low",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="range from"),
                ),
                (
                    "range_high",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="range to"),
                ),
                ("range_unit", models.CharField(blank=True, max_length=20, verbose_name="unit of the range")),
                ("regulation", models.CharField(blank=True, max_length=100, verbose_name="regulation")),
                ("file", models.CharField(blank=True, max_length=64, verbose_name="scan of the certificate")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_certificate",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_certificate_latest"),
                    models.Index(fields=["plant", "issuer", "number"], name="instrument_cert_by_number"),
                    models.Index(fields=["plant", "instrument"], name="instrument_cert_by_code"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_certificate_version"),
                    models.UniqueConstraint(
                        fields=("plant", "log_epoch", "log_index"), name="instrument_certificate_log_index"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_certificate_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_certificate_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_certificate_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_certificate_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on__isnull", True), ("expires_on__gte", models.F("issued_on")), _connector="OR"
                        ),
                        name="instrument_certificate_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("code", models.CharField(max_length=64, verbose_name="chain number")),
                ("name_zh", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("belt_weighing", "belt_weighing"),
                            ("static_weighing", "static_weighing"),
                            ("flow", "flow"),
                            ("compensated_flow", "compensated_flow"),
                            ("electricity", "electricity"),
                            ("electricity_low", "electricity_low"),
                            ("temperature", "temperature"),
                            ("pressure", "pressure"),
                            ("gas_analysis", "gas_analysis"),
                            ("other", "other"),
                        ],
                        max_length=24,
                        verbose_name="kind of chain",
                    ),
                ),
                ("sensor", models.CharField(blank=True, max_length=300, verbose_name="sensor")),
                ("speed_sensor", models.CharField(blank=True, max_length=300, verbose_name="speed sensor")),
                ("converter", models.CharField(blank=True, max_length=300, verbose_name="converter or secondary instrument")),
                ("totaliser", models.CharField(blank=True, max_length=300, verbose_name="totaliser or indicator")),
                ("meter", models.CharField(blank=True, max_length=300, verbose_name="electricity meter")),
                ("current_transformer", models.CharField(blank=True, max_length=300, verbose_name="current transformer")),
                ("voltage_transformer", models.CharField(blank=True, max_length=300, verbose_name="voltage transformer")),
                ("temperature", models.CharField(blank=True, max_length=300, verbose_name="temperature compensation")),
                ("pressure", models.CharField(blank=True, max_length=300, verbose_name="pressure compensation")),
                ("analyser", models.CharField(blank=True, max_length=300, verbose_name="analyser")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_chain",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_chain_latest"),
                    models.Index(fields=["plant", "code"], name="instrument_chain_by_code"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_chain_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_chain_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_chain_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_chain_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_chain_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_chain_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("certificate", models.CharField(max_length=36, verbose_name="certificate")),
                ("required_class", models.CharField(blank=True, max_length=40, verbose_name="class required")),
                (
                    "required_mpe",
                    models.DecimalField(blank=True, decimal_places=9, max_digits=20, null=True, verbose_name="error allowed"),
                ),
                (
                    "found_error",
                    models.DecimalField(
                        blank=True, decimal_places=9, max_digits=20, null=True, verbose_name="greatest error found"
                    ),
                ),
                ("mpe_unit", models.CharField(blank=True, max_length=20, verbose_name="unit of the errors")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("fit", "fit"), ("unfit", "unfit")], default="fit", max_length=16, verbose_name="verdict"
                    ),
                ),
                ("confirmed_on", models.DateField(verbose_name="confirmed on")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_confirmation",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_confirmation_latest"),
                    models.Index(fields=["plant", "certificate"], name="instrument_conf_by_cert"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_confirmation_version"),
                    models.UniqueConstraint(
                        fields=("plant", "log_epoch", "log_index"), name="instrument_confirmation_log_index"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_confirmation_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_confirmation_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_confirmation_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_confirmation_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("instrument", models.CharField(blank=True, max_length=64, verbose_name="instrument")),
                ("chain", models.CharField(blank=True, max_length=64, verbose_name="chain")),
                ("point", models.CharField(max_length=64, verbose_name="metering point")),
                ("started_on", models.DateField(verbose_name="installed on")),
                ("started_at", models.CharField(blank=True, max_length=5, verbose_name="installed at (HH:MM)")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="taken out on")),
                ("ended_at", models.CharField(blank=True, max_length=5, verbose_name="taken out at (HH:MM)")),
                (
                    "opening_reading",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="opening reading"),
                ),
                (
                    "closing_reading",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="closing reading"),
                ),
                ("reading_unit", models.CharField(blank=True, max_length=20, verbose_name="unit of the readings")),
                ("shared_reason", models.CharField(blank=True, max_length=300, verbose_name="why it meters another point too")),
                ("beside_reason", models.CharField(blank=True, max_length=300, verbose_name="why it stands beside another")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why it was taken out")),
                ("begins", models.BigIntegerField(editable=False)),
                ("ends", models.BigIntegerField(editable=False, null=True)),
                ("item_key", models.BigIntegerField(editable=False)),
                ("point_key", models.BigIntegerField(editable=False)),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_installation",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_installation_latest"),
                    models.Index(fields=["plant", "point"], name="instrument_inst_by_point"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_installation_version"),
                    models.UniqueConstraint(
                        fields=("plant", "log_epoch", "log_index"), name="instrument_installation_log_index"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_installation_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_installation_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_installation_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_installation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gt", models.F("begins")), _connector="OR"),
                        name="instrument_installation_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("instrument", ""), models.Q(("chain", ""), _negated=True)),
                            models.Q(models.Q(("instrument", ""), _negated=True), ("chain", "")),
                            _connector="OR",
                        ),
                        name="instrument_installation_item",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("code", models.CharField(max_length=64, verbose_name="instrument number")),
                ("name_zh", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("kind", models.CharField(max_length=40, verbose_name="kind of instrument")),
                ("model", models.CharField(blank=True, max_length=100, verbose_name="model and specification")),
                ("nominal_class", models.CharField(blank=True, max_length=40, verbose_name="class on the nameplate")),
                ("used_class", models.CharField(blank=True, max_length=40, verbose_name="class claimed in use")),
                (
                    "range_low",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="range from"),
                ),
                (
                    "range_high",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="range to"),
                ),
                ("range_unit", models.CharField(blank=True, max_length=20, verbose_name="unit of the range")),
                ("maker", models.CharField(blank=True, max_length=200, verbose_name="maker")),
                ("serial", models.CharField(blank=True, max_length=100, verbose_name="serial number")),
                ("serial_reason", models.CharField(blank=True, max_length=300, verbose_name="why the serial number is shared")),
                ("made_on", models.DateField(blank=True, null=True, verbose_name="made on")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place of installation")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="use")),
                ("person", models.CharField(blank=True, max_length=100, verbose_name="person in charge")),
                (
                    "traceability",
                    models.CharField(
                        choices=[("verification", "verification"), ("calibration", "calibration"), ("none", "none")],
                        default="verification",
                        max_length=16,
                        verbose_name="method of traceability",
                    ),
                ),
                ("mandatory", models.BooleanField(default=False, verbose_name="mandatory verification")),
                (
                    "cycle_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="cycle of the regulation (months)"),
                ),
                (
                    "interval_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="own interval (months)"),
                ),
                (
                    "collecting",
                    models.CharField(
                        blank=True,
                        choices=[("manual", "manual"), ("automatic", "automatic"), ("both", "both")],
                        max_length=16,
                        verbose_name="collecting",
                    ),
                ),
                ("frequency", models.CharField(blank=True, max_length=100, verbose_name="how often collected")),
                ("smart", models.BooleanField(default=False, verbose_name="sends its readings by itself")),
                ("portable", models.BooleanField(default=False, verbose_name="portable")),
                (
                    "temperature_low",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="temperature from (°C)"
                    ),
                ),
                (
                    "temperature_high",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="temperature to (°C)"
                    ),
                ),
                (
                    "humidity",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="greatest relative humidity (%)"
                    ),
                ),
                (
                    "dust",
                    models.CharField(
                        blank=True,
                        choices=[("none", "none"), ("some", "some"), ("strong", "strong")],
                        max_length=16,
                        verbose_name="dust",
                    ),
                ),
                (
                    "vibration",
                    models.CharField(
                        blank=True,
                        choices=[("none", "none"), ("some", "some"), ("strong", "strong")],
                        max_length=16,
                        verbose_name="vibration",
                    ),
                ),
                ("medium", models.CharField(blank=True, max_length=100, verbose_name="medium")),
                (
                    "taken_over_on",
                    models.DateField(blank=True, null=True, verbose_name="in use since, before this ledger began"),
                ),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_instrument",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_instrument_latest"),
                    models.Index(fields=["plant", "code"], name="instrument_by_code"),
                    models.Index(fields=["plant", "serial"], name="instrument_by_serial"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_instrument_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_instrument_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_instrument_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_instrument_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_instrument_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_instrument_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="instrument_code"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("range_low__isnull", True),
                            ("range_high__isnull", True),
                            ("range_high__gt", models.F("range_low")),
                            _connector="OR",
                        ),
                        name="instrument_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cycle_months__isnull", True),
                            ("interval_months__isnull", True),
                            ("interval_months__lte", models.F("cycle_months")),
                            _connector="OR",
                        ),
                        name="instrument_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("number", models.CharField(max_length=64, verbose_name="seal number")),
                ("instrument", models.CharField(max_length=64, verbose_name="instrument")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place on the instrument")),
                ("applied_on", models.DateField(verbose_name="applied on")),
                ("applied_by", models.CharField(max_length=100, verbose_name="applied by")),
                (
                    "state",
                    models.CharField(
                        choices=[("intact", "intact"), ("removed", "removed"), ("broken", "broken")],
                        default="intact",
                        max_length=16,
                        verbose_name="state of the seal",
                    ),
                ),
                ("removed_on", models.DateField(blank=True, null=True, verbose_name="removed on")),
                ("removed_by", models.CharField(blank=True, max_length=100, verbose_name="removed by")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why removed, or how it was found")),
                ("photo", models.CharField(blank=True, max_length=64, verbose_name="photo")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_seal",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_seal_latest"),
                    models.Index(fields=["plant", "number"], name="instrument_seal_by_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_seal_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_seal_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_seal_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_seal_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_seal_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_seal_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_on__isnull", True), ("removed_on__gte", models.F("applied_on")), _connector="OR"
                        ),
                        name="instrument_seal_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Spell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("instrument", models.CharField(max_length=64, verbose_name="instrument")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("in_service", "in_service"),
                            ("sealed_up", "sealed_up"),
                            ("out_of_service", "out_of_service"),
                            ("repair", "repair"),
                            ("downgraded", "downgraded"),
                            ("scrapped", "scrapped"),
                        ],
                        max_length=16,
                        verbose_name="state of use",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="since")),
                ("why", models.CharField(max_length=300, verbose_name="why")),
                ("new_class", models.CharField(blank=True, max_length=40, verbose_name="class used from then on")),
                ("person", models.CharField(max_length=100, verbose_name="decided by")),
                ("document", models.CharField(blank=True, max_length=64, verbose_name="document")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_spell",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_spell_latest"),
                    models.Index(fields=["plant", "instrument"], name="instrument_spell_by_code"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_spell_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_spell_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_spell_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_spell_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_spell_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_spell_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("frozen_on", models.DateField(verbose_name="frozen on")),
                ("digest", models.CharField(max_length=71, verbose_name="digest")),
                ("count", models.PositiveIntegerField(verbose_name="instruments")),
                ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="confirmed on")),
                ("note", models.TextField(blank=True, verbose_name="remark")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_year_end",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_yearend_latest"),
                    models.Index(fields=["plant", "year"], name="instrument_yearend_by_year"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_yearend_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_yearend_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_yearend_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_yearend_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_yearend_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_yearend_known",
                    ),
                ],
            },
        ),
    ]
