@0x9fee9241fda710a7;
# The envelope of every event. A device encodes an event once; those exact bytes are hashed, signed, sent and
# stored, and never encoded again. Cap'n Proto has no canonical form, so the stored bytes are the event.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("houniao::schema");

using Common = import "common.capnp";
using System = import "system.capnp";
using Programmes = import "programmes.capnp";
using People = import "people.capnp";
using Organisations = import "organisations.capnp";
using Sites = import "sites.capnp";
using Workforce = import "workforce.capnp";
using Sessions = import "sessions.capnp";
using Services = import "services.capnp";
using Contracts = import "contracts.capnp";
using Funds = import "funds.capnp";
using Volunteers = import "volunteers.capnp";
using Evaluations = import "evaluations.capnp";
using Communications = import "communications.capnp";
using Audit = import "audit.capnp";
using Orders = import "orders.capnp";
using Cases = import "cases.capnp";
using Calls = import "calls.capnp";

struct Event {
  device @0 :Data;              # 16 bytes
  deviceSeq @1 :UInt64;         # from 1, without gaps
  prevHash @2 :Data;            # SHA-256 of the device's previous event; 32 zero bytes at device_seq 1
  recordedAtMs @3 :Int64;       # the device's wall clock, never corrected
  clockOffsetMs @4 :Int64;      # estimated server time minus device time at the last contact
  clockUncertaintyMs @5 :UInt32;
  occurredDay @6 :Int32;
  occurredMinute @7 :Int16 = -1;  # minute of that day; -1 when only the day is known
  source @8 :Common.Source;
  actor @9 :UInt64;             # staff or person id of who recorded it
  organisation @10 :UInt64;
  programme @11 :UInt64;
  site @12 :UInt64;
  scope @13 :UInt64;
  policyVersion @14 :UInt32;
  causes @15 :List(UInt64);     # events that this one follows from
  evidence @16 :List(Common.Evidence);
  sealed @17 :List(Common.Sealed);

  # One member per event type. Members are only ever appended; the place in the union is the type's
  # number on the wire. A reader that does not know a member stores and forwards the event unchanged.
  body :union {
    deviceEnrolled @18 :System.DeviceEnrolled;
    deviceRevoked @19 :System.DeviceRevoked;
    deviceScopesChanged @20 :System.DeviceScopesChanged;
    roleGranted @21 :System.RoleGranted;
    roleWithdrawn @22 :System.RoleWithdrawn;
    syncIncidentRecorded @23 :System.SyncIncidentRecorded;
    programmeOpened @24 :Programmes.ProgrammeOpened;
    programmeClosed @25 :Programmes.ProgrammeClosed;
    policyVersionPublished @26 :Programmes.PolicyVersionPublished;
    obligationDefined @27 :Programmes.ObligationDefined;
    obligationWaived @28 :Programmes.ObligationWaived;
    personRegistered @29 :People.PersonRegistered;
    personCorrected @30 :People.PersonCorrected;
    personLinkDecided @31 :People.PersonLinkDecided;
    householdChanged @32 :People.HouseholdChanged;
    consentChanged @33 :People.ConsentChanged;
    personStatusChanged @34 :People.PersonStatusChanged;
    personalDataErased @35 :People.PersonalDataErased;
    organisationRegistered @36 :Organisations.OrganisationRegistered;
    organisationCredentialRecorded @37 :Organisations.OrganisationCredentialRecorded;
    organisationStatusChanged @38 :Organisations.OrganisationStatusChanged;
    membershipChanged @39 :Organisations.MembershipChanged;
    electionHeld @40 :Organisations.ElectionHeld;
    appointmentChanged @41 :Organisations.AppointmentChanged;
    agreementSigned @42 :Organisations.AgreementSigned;
    agreementEnded @43 :Organisations.AgreementEnded;
    siteOpened @44 :Sites.SiteOpened;
    siteStatusChanged @45 :Sites.SiteStatusChanged;
    assetRecorded @46 :Sites.AssetRecorded;
    assetLent @47 :Sites.AssetLent;
    assetReturned @48 :Sites.AssetReturned;
    staffEngaged @49 :Workforce.StaffEngaged;
    staffReleased @50 :Workforce.StaffReleased;
    staffVetted @51 :Workforce.StaffVetted;
    staffPlaced @52 :Workforce.StaffPlaced;
    sessionPlanned @53 :Sessions.SessionPlanned;
    sessionHeld @54 :Sessions.SessionHeld;
    attendanceRecorded @55 :Sessions.AttendanceRecorded;
    serviceDelivered @56 :Services.ServiceDelivered;
    agencyCaseOpened @57 :Services.AgencyCaseOpened;
    agencyCaseProgressed @58 :Services.AgencyCaseProgressed;
    custodyMoneyMoved @59 :Services.CustodyMoneyMoved;
    outcomeConfirmed @60 :Services.OutcomeConfirmed;
    evidenceAttached @61 :Services.EvidenceAttached;
    contractSigned @62 :Contracts.ContractSigned;
    contractAmended @63 :Contracts.ContractAmended;
    milestoneSubmitted @64 :Contracts.MilestoneSubmitted;
    milestoneReviewed @65 :Contracts.MilestoneReviewed;
    contractClosed @66 :Contracts.ContractClosed;
    fundSourceEstablished @67 :Funds.FundSourceEstablished;
    fundsReceived @68 :Funds.FundsReceived;
    budgetAllocated @69 :Funds.BudgetAllocated;
    invoiceRecorded @70 :Funds.InvoiceRecorded;
    disbursementRequested @71 :Funds.DisbursementRequested;
    disbursementApproved @72 :Funds.DisbursementApproved;
    disbursementPaid @73 :Funds.DisbursementPaid;
    disbursementReversed @74 :Funds.DisbursementReversed;
    honourConferred @75 :Volunteers.HonourConferred;
    evaluationIssued @76 :Evaluations.EvaluationIssued;
    broadcastSent @77 :Communications.BroadcastSent;
    eventCorrected @78 :Audit.EventCorrected;
    eventRetracted @79 :Audit.EventRetracted;
    heldEventDecided @80 :Audit.HeldEventDecided;
    figureReported @81 :Audit.FigureReported;
    volunteerEnrolled @82 :Volunteers.VolunteerEnrolled;
    dutyCheckedIn @83 :Volunteers.DutyCheckedIn;
    insuranceCovered @84 :Volunteers.InsuranceCovered;
    trainingCompleted @85 :Volunteers.TrainingCompleted;
    demandRaised @86 :Orders.DemandRaised;
    demandDigestCompiled @87 :Orders.DemandDigestCompiled;
    deliberationHeld @88 :Orders.DeliberationHeld;
    orderPosted @89 :Orders.OrderPosted;
    orderClaimed @90 :Orders.OrderClaimed;
    orderAssigned @91 :Orders.OrderAssigned;
    orderWithdrawn @92 :Orders.OrderWithdrawn;
    orderFulfilled @93 :Orders.OrderFulfilled;
    orderReviewed @94 :Orders.OrderReviewed;
    caseOpened @95 :Cases.CaseOpened;
    caseContactLogged @96 :Cases.CaseContactLogged;
    caseReferred @97 :Cases.CaseReferred;
    mandatoryReportFiled @98 :Cases.MandatoryReportFiled;
    caseClosed @99 :Cases.CaseClosed;
    sensitiveAccessDecided @100 :Cases.SensitiveAccessDecided;
    sensitiveRecordRead @101 :Cases.SensitiveRecordRead;
    hoursRecorded @102 :Volunteers.HoursRecorded;
    hoursConfirmed @103 :Volunteers.HoursConfirmed;
    hoursCertificateIssued @104 :Volunteers.HoursCertificateIssued;
    pointsEarned @105 :Volunteers.PointsEarned;
    pointsAllowanceLeased @106 :Volunteers.PointsAllowanceLeased;
    pointsRedeemed @107 :Volunteers.PointsRedeemed;
    pointsAdjusted @108 :Volunteers.PointsAdjusted;
    ratingSubmitted @109 :Evaluations.RatingSubmitted;
    satisfactionSurveyed @110 :Evaluations.SatisfactionSurveyed;
    callOpened @111 :Calls.CallOpened;
    proposalSubmitted @112 :Calls.ProposalSubmitted;
    proposalScored @113 :Calls.ProposalScored;
    awardDecided @114 :Calls.AwardDecided;
    noticePublished @115 :Communications.NoticePublished;
    anomalyDispositioned @116 :Audit.AnomalyDispositioned;
    findingIssued @117 :Audit.FindingIssued;
    findingResolved @118 :Audit.FindingResolved;
    periodSealed @119 :Audit.PeriodSealed;
    logKeyChanged @122 :System.LogKeyChanged;
  }

  # Where an event with source "imported" stood in the book that it was taken over from. The book itself is the evidence
  # item with the SHA-256 of the file. Both are as a reader of the file counts, from 1; 0 means none.
  importRow @120 :UInt32;       # row of the sheet, or record of the CSV file, the header included
  importSheet @121 :UInt16;     # sheet of the workbook; 0 for a file without sheets
}
