"""Update events about employment that succeed for STU-001 (F-1 until 20 May 2033), in the order of a student's life."""

ADDRESS = {"Address1": "8 Placeholder Plaza", "City": "Springfield", "State": "IL", "PostalCode": "62701"}
RCL = {"@printForm": "true", "Reason": "01", "StartDate": "2030-01-14", "EndDate": "2030-05-10", "Remarks": "Surgery"}
CPT = {
    "@printForm": "true",
    "StartDate": "2030-06-03",
    "EndDate": "2030-08-16",
    "FullPartTimeIndicator": "01",
    "EmployerName": "Sample Works",
    "EmployerAddress": ADDRESS,
    "CourseRelevance": "Internship of the third year",
}
OFF_CAMPUS = {"@printForm": "true", "StartDate": "2031-02-03", "EndDate": "2032-01-30", "EmploymentType": "01"}
EMPLOYER = {
    "EmployerName": "First Works",
    "EmployerAddress": ADDRESS,
    "CourseRelevance": "Applies what the student learnt of databases",
    "FullPartTimeIndicator": "01",
    "StartDate": "2033-06-06",
}
OPT = {
    "@printForm": "true",
    "StartDate": "2033-06-01",
    "EndDate": "2034-05-31",
    "FullPartTimeIndicator": "01",
    "AcademicYearMet": "true",
    "CompletionType": "02",
    "Remarks": "Recommended",
    "Employer": [EMPLOYER],
}
OPT_KEY = {"@printForm": "true", "StartDate": "2033-06-01", "EndDate": "2034-05-31", "FullPartTimeIndicator": "01"}
OPT_DATES = {"StartDate": "2033-06-01", "EndDate": "2034-05-31"}
STEM_DATES = {"StartDate": "2034-06-01", "EndDate": "2036-05-31"}
